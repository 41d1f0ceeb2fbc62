import type { LogFilter, LogRecord, RunNumber, Store } from '../engine/index.ts';
import type { LogQuery, LogView } from './client.ts';

const limitDefault = 1_000;
const stepMark = '/step:';

/** Lines of a run's log. A step is asked for by its name, under whatever scope and however often it ran. */
export async function readLog(store: Store, run: RunNumber, query: LogQuery): Promise<readonly LogView[]> {
  const limit = query.limit ?? limitDefault;
  const { step, attempt } = query;
  const views: LogView[] = [];
  for (let after = query.after ?? 0; views.length < limit;) {
    const filter: LogFilter = { after, limit: limitDefault, ...(attempt === undefined ? {} : { attempt }) };
    const page = await store.readLogs(run, filter);
    views.push(...page.map(viewLine).filter((line) => step === undefined || line.step === step));
    if (page.length < limitDefault) break;
    after = page.at(-1)?.seq ?? after;
  }
  return views.slice(0, limit);
}

function viewLine({ seq, key, attempt, at, level, text }: LogRecord): LogView {
  return { seq, step: stepOf(key), key, attempt, at, level, text };
}

/** The name in the key of a step: behind the mark, before the occurrence. */
function stepOf(key: string): string | null {
  const mark = key.indexOf(stepMark);
  return mark < 0 ? null : key.slice(mark + stepMark.length, key.lastIndexOf('#'));
}
