import { join } from 'node:path';
import { createTutti, event, topic } from 'tutti';
import { inDirectory, median, millisecondsOf, type Bench, type Figure } from '../bench.ts';
import { BareLog } from './bare-log.ts';

const Made = event<'made', { readonly text: string }>('made');
const rounds = 5;

/** Many events in one call, and single ones that are each awaited, at several numbers in flight. */
export const publish: Bench = {
  name: 'publish',
  summary: 'publish 100 B and 1 KB, in batches and as awaited singles; events/s',
  measure: async () => [
    ...(await measureBatches('publish 100 B, 1,000 per call', 60, 1_000)),
    ...(await measureBatches('publish 1 KB, 200 per call', 960, 200)),
    ...(await measureSingles(1, 300)),
    ...(await measureSingles(100, 20_000)),
    ...(await measureSingles(1_000, 50_000)),
  ],
};

/** A topic of its own on a file of its own, without subscriptions, and beside it the floor. */
async function withTopic<T>(
  work: (things: ReturnType<typeof open>, bare: BareLog) => Promise<T>,
): Promise<T> {
  return inDirectory(async (directory) => {
    const things = open();
    const tutti = await createTutti({ store: join(directory, 'tutti.db'), definitions: [things] });
    const bare = new BareLog(join(directory, 'bare.db'));
    await tutti.start();
    try {
      return await work(things, bare);
    } finally {
      await tutti.stop();
      bare.close();
    }
  });
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the topic's type is its events'
function open() {
  return topic('things', { events: [Made] });
}

function measureBatches(name: string, textLength: number, perCall: number): Promise<readonly Figure[]> {
  const text = 'x'.repeat(textLength);
  const calls = 50;
  return withTopic(async (things, bare) => {
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const bareMs = await millisecondsOf(() => {
        for (let call = 0; call < calls; call += 1) {
          bare.append(Array.from({ length: perCall }, () => ({ text })));
        }
      });
      const ms = await millisecondsOf(async () => {
        for (let call = 0; call < calls; call += 1) {
          await things.publishAll(Array.from({ length: perCall }, () => Made({ text })));
        }
      });
      if (round === 0) continue;
      found.push((calls * perCall * 1_000) / ms);
      floors.push((calls * perCall * 1_000) / bareMs);
    }
    return [{ name, value: median(found), unit: 'events/s', floor: median(floors) }];
  });
}

function measureSingles(inFlight: number, events: number): Promise<readonly Figure[]> {
  const text = 'x'.repeat(60);
  return withTopic(async (things, bare) => {
    const found: number[] = [];
    const floors: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      // Whoever commits together at best: all that are in flight.
      const bareMs = await millisecondsOf(() => {
        for (let sent = 0; sent < events; sent += inFlight) {
          bare.append(Array.from({ length: inFlight }, () => ({ text })));
        }
      });
      let left = events;
      const one = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await things.publish(Made({ text }));
        }
      };
      const ms = await millisecondsOf(() => Promise.all(Array.from({ length: inFlight }, one)));
      if (round === 0) continue;
      found.push((events * 1_000) / ms);
      floors.push((events * 1_000) / bareMs);
    }
    const name = `publish awaited, ${inFlight.toLocaleString('en')} in flight`;
    return [{ name, value: median(found), unit: 'events/s', floor: median(floors) }];
  });
}
