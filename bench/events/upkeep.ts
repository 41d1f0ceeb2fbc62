import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createTutti, event, topic, type Topic, type Tutti } from 'tutti';
import { inDirectory, type Bench, type Figure } from '../bench.ts';

const Made = event<'made', { readonly key: string; readonly text: string }>('made');
const perSecond = 5_000;
const seconds = 8;
const keys = 2_000;

/** Retention, compaction and re-packing at work while others publish: who publishes must not feel them. */
export const upkeep: Bench = {
  name: 'upkeep',
  summary:
    '5,000 events/s for 8 s while retention, compaction and re-packing go on without a pause: p99 of a publish',
  measure: () =>
    inDirectory(async (directory) => {
      const text = 'x'.repeat(200);
      const short = topic('short', { events: [Made], key: (e) => e.data.key, retain: { bytes: 256 * 1024 } });
      const compact = topic('compact', { events: [Made], key: (e) => e.data.key, retain: { compact: true } });
      const store = join(directory, 'tutti.db');
      const tutti = await createTutti({ store, definitions: [short, compact] });
      await tutti.start();
      const closing = new AbortController();
      const tidying = tidy(tutti, closing.signal);
      const delays = await publishSteadily([short, compact], text);
      closing.abort();
      const rounds = await tidying;
      const log = statSync(`${store}-wal`).size;
      await tutti.stop();
      return figuresOf(delays, rounds, log);
    }),
};

function figuresOf(delays: readonly number[], rounds: number, logBytes: number): readonly Figure[] {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return [
    { name: 'upkeep p50', value: at(0.5), unit: 'ms', floor: null },
    { name: 'upkeep p99', value: at(0.99), unit: 'ms', floor: null },
    { name: 'upkeep rounds', value: rounds, unit: 'rounds', floor: null },
    { name: 'upkeep log', value: logBytes / 2 ** 20, unit: 'MiB', floor: null },
  ];
}

async function tidy(tutti: Tutti, signal: AbortSignal): Promise<number> {
  let rounds = 0;
  while (!signal.aborted) {
    await tutti.events.tidy();
    rounds += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return rounds;
}

/** Publishes to the topics in turn; how long each publish took. Milliseconds. */
async function publishSteadily(
  topics: readonly Topic<typeof Made>[],
  text: string,
): Promise<readonly number[]> {
  const delays: number[] = [];
  const startedAt = performance.now();
  const pending: Promise<unknown>[] = [];
  for (let sent = 0; sent < perSecond * seconds;) {
    const due = Math.min(perSecond * seconds, ((performance.now() - startedAt) * perSecond) / 1_000);
    for (; sent < due; sent += 1) {
      const since = performance.now();
      const made = Made({ key: `k${(sent * 7) % keys}`, text });
      const published = topics[sent % topics.length]?.publish(made);
      if (published !== undefined) {
        pending.push(published.then(() => void delays.push(performance.now() - since)));
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(pending);
  return delays;
}
