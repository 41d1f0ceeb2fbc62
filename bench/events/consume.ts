import { join } from 'node:path';
import { createTutti, event, topic } from 'tutti';
import { inDirectory, median, millisecondsOf, type Bench, type Figure } from '../bench.ts';
import { BareLog } from './bare-log.ts';

const Made = event<'made', { readonly key: string; readonly at: number }>('made');
const events = 100_000;
const rounds = 3;

/** From the log through handlers to the committed cursor. */
export const consume: Bench = {
  name: 'consume',
  summary: 'read, handle and commit 100,000 events, in batches and one by one; events/s',
  measure: async () => [...(await measureConsume('batch')), ...(await measureConsume('single'))],
};

function measureConsume(kind: 'batch' | 'single'): Promise<readonly Figure[]> {
  return inDirectory(async (directory) => {
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const floor = await bareRound(join(directory, `bare-${round}.db`));
      const things = topic('things', { events: [Made], key: (e) => e.data.key });
      const store = join(directory, `${round}.db`);
      const writer = await createTutti({ store, definitions: [things] });
      for (let i = 0; i < events; i += 1_000) {
        await things.publishAll(Array.from({ length: 1_000 }, (_, n) => Made({ key: `k${n % 500}`, at: i })));
      }
      await writer.stop();
      let seen = 0;
      if (kind === 'single') things.subscribe('s', { from: 'oldest', handler: () => void (seen += 1) });
      else {
        things.subscribe('s', {
          from: 'oldest',
          batch: { max: 1_000 },
          handler: (all) => void (seen += all.length),
        });
      }
      const reader = await createTutti({ store, definitions: [things] });
      const ms = await millisecondsOf(async () => {
        await reader.start();
        await reader.events.settled();
      });
      await reader.stop();
      if (seen !== events) throw new Error(`${seen} of ${events} events were handled`);
      if (round === 0) continue;
      found.push((events * 1_000) / ms);
      floors.push(floor);
    }
    return [{ name: `consume ${kind}`, value: median(found), unit: 'events/s', floor: median(floors) }];
  });
}

/** The same events in the same batches, read, parsed and committed; events/s. */
async function bareRound(file: string): Promise<number> {
  const bare = new BareLog(file);
  for (let i = 0; i < events; i += 1_000) {
    bare.append(Array.from({ length: 1_000 }, (_, n) => ({ key: `k${n % 500}`, at: i })));
  }
  let seen = 0;
  const ms = await millisecondsOf(() => bare.consume((values) => void (seen += values.length)));
  bare.close();
  if (seen !== events) throw new Error(`${seen} of ${events} events were read`);
  return (events * 1_000) / ms;
}

/** Publish to handler, at a steady rate, three groups. */
export const endToEnd: Bench = {
  name: 'e2e',
  summary: '5,000 events/s to 3 groups for 4 s: publish to handler, p50, p99, p99.9',
  measure: () =>
    inDirectory(async (directory) => {
      const things = topic('things', { events: [Made], key: (e) => e.data.key });
      const delays: number[] = [];
      for (const name of ['one', 'two', 'three']) {
        things.subscribe(name, { handler: (e) => void delays.push(performance.now() - e.data.at) });
      }
      const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [things] });
      await tutti.start();
      await publishSteadily((at, n) => things.publish(Made({ key: `k${n % 500}`, at })));
      await tutti.events.settled();
      await tutti.stop();
      const sorted = delays.toSorted((a, b) => a - b);
      const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
      return [
        { name: 'e2e p50', value: at(0.5), unit: 'ms', floor: null },
        { name: 'e2e p99', value: at(0.99), unit: 'ms', floor: null },
        { name: 'e2e p99.9', value: at(0.999), unit: 'ms', floor: null },
      ];
    }),
};

/** 5,000 a second, in fives each millisecond. */
async function publishSteadily(send: (at: number, n: number) => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const pending: Promise<unknown>[] = [];
  for (let sent = 0; sent < 20_000;) {
    const due = Math.min(20_000, Math.floor((performance.now() - startedAt) * 5));
    for (; sent < due; sent += 1) pending.push(send(performance.now(), sent));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
}
