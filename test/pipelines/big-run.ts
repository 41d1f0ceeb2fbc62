/** A run of ten thousand tasks and many small ones beside it, for two processes on one file. */
import { createTutti, pipeline, type Tutti } from 'tutti';

/** How many tasks the map of `big` has. */
export const bigTasks = 10_000;

const big = pipeline('big', { concurrency: 500 }, (p) => {
  const items = p.task('items', {}, () => Array.from({ length: bigTasks }, (_, i) => i));
  return p.map('m', items, (n, p) => p.task('one', { n }, (i) => i.n));
});

/** Ten tasks in sequence, each of which says which process did it. */
const small = pipeline('small', {}, (p) => {
  let last = p.task('t0', {}, () => process.pid);
  for (let i = 1; i < 10; i += 1) last = p.task(`t${i}`, { last }, () => process.pid);
  return last;
});

/** An engine on the file, and everything it said. `big` works on that run alone, `all` on everything, `client` on nothing. */
export async function openOn(
  file: string,
  as: 'big' | 'all' | 'client',
): Promise<{ readonly tutti: Tutti; readonly lines: string[] }> {
  const lines: string[] = [];
  const log = (message: string, fields?: object): void =>
    void lines.push(`${message} ${JSON.stringify(fields ?? {})}`);
  const logger = { debug: log, info: log, warn: log, error: log };
  const tutti = await createTutti({
    store: file,
    definitions: as === 'big' ? [big] : [big, small],
    dev: false,
    logger,
  });
  if (as !== 'client') await tutti.start();
  return { tutti, lines };
}
