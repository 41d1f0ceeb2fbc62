/** What happens to topics as time passes: delays, expiry, duplicates, retention, joining of batches, compaction. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type Clock, type TopicOptions, type Tutti } from 'tutti';
import { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { asBuffer, allTypes, decodeRecord, recordStarts, type Store } from '../../src/engine/index.ts';

const Changed = event('set', { schema: z.object({ key: z.string(), value: z.number() }) });
type Options = Omit<TopicOptions<typeof Changed>, 'events' | 'key'>;

/** The machine's timers, and a time that the test moves. */
class MovableClock implements Clock {
  #aheadMs = 0;

  now(): number {
    return systemClock.now() + this.#aheadMs;
  }

  setTimer(delayMs: number, callback: () => void): ReturnType<Clock['setTimer']> {
    return systemClock.setTimer(delayMs, callback);
  }

  move(ms: number): void {
    this.#aheadMs += ms;
  }
}

interface Scene {
  readonly tutti: Tutti;
  readonly clock: MovableClock;
  readonly seen: number[];
  readonly publish: (values: readonly number[], key?: string) => Promise<unknown>;
  readonly source: ReturnType<typeof open>;
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- the topic's type is its events'
function open(options: Options) {
  return topic('settings', { events: [Changed], key: (e) => e.data.key, ...options });
}

async function scene(options: Options = {}): Promise<Scene> {
  const clock = new MovableClock();
  const source = open(options);
  const seen: number[] = [];
  source.subscribe('s', { from: 'oldest', handler: (e) => void seen.push(e.data.value) });
  const tutti = await createTutti({ store: ':memory:', clock, definitions: [source] });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  const publish = (values: readonly number[], key = 'k'): Promise<unknown> =>
    source.publishAll(values.map((value) => Changed({ key, value })));
  return { tutti, clock, seen, publish, source };
}

async function stored(store: Store): Promise<readonly string[]> {
  const read = { topic: 'settings', partition: 0, from: 0, bytesMax: 1e9, types: allTypes };
  const { batches } = await store.readTopic(read);
  return batches.flatMap((batch) => {
    const bytes = asBuffer(batch.bytes);
    return recordStarts(batch).map((start) => {
      const record = decodeRecord(bytes, start, batch.baseOffset);
      return `${record.offset}=${(JSON.parse(record.data.toString()) as { value: number }).value}`;
    });
  });
}

describe('a delayed event', () => {
  it('is delivered when its time has come, not before', async () => {
    const { tutti, clock, seen, source } = await scene();
    const { offset } = await source.publish(Changed({ key: 'k', value: 1 }), { at: clock.now() + 60_000 });
    await source.publish(Changed({ key: 'k', value: 2 }));
    await tutti.events.settled();
    expect([offset, seen]).toEqual([null, [2]]);
    clock.move(61_000);
    await tutti.events.tidy();
    await expect.poll(() => seen).toEqual([2, 1]);
  });
});

describe('an event that is too old', () => {
  it('is passed over', async () => {
    const { tutti, clock, seen, source } = await scene({ ttl: '1m' });
    await source.subscriptions[0]?.pause();
    await source.publish(Changed({ key: 'k', value: 1 }));
    await source.publish(Changed({ key: 'k', value: 2 }), { ttl: '1h' });
    clock.move(120_000);
    await source.subscriptions[0]?.resume();
    await expect.poll(() => seen).toEqual([2]);
    await tutti.events.settled();
  });
});

describe('an event published twice', () => {
  it('is stored once within the window, and its publisher is told the original offset', async () => {
    const { tutti, clock, seen, source } = await scene({ dedupe: { within: '1m' } });
    const once = Changed({ key: 'k', value: 1 }, { id: 'a' });
    await source.publish(once);
    expect(await source.publish(once)).toMatchObject({ offset: 0, isDuplicate: true });
    clock.move(61_000);
    expect(await source.publish(once)).toMatchObject({ offset: 1, isDuplicate: false });
    await tutti.events.settled();
    expect(seen).toEqual([1, 1]);
  });
});

describe('retention', () => {
  it('deletes what is old, but never what a subscription has not handled', async () => {
    const { tutti, clock, publish, source } = await scene({ retain: { for: '1m' } });
    await publish([1]);
    await tutti.events.settled();
    await source.subscriptions[0]?.pause();
    await publish([2]);
    clock.move(120_000);
    await publish([3]);
    await tutti.events.tidy();
    expect(await stored(tutti.engine.store)).toEqual(['1=2', '2=3']);
    await source.subscriptions[0]?.resume();
    await expect.poll(async () => (await source.subscriptions[0]?.status())?.[0]?.lag).toBe(0);
    await tutti.events.tidy();
    expect(await stored(tutti.engine.store)).toEqual(['2=3']);
  });

  it('by size drops the oldest batches', async () => {
    const { tutti, publish } = await scene({ retain: { bytes: 1_000 } });
    for (let value = 0; value < 40; value += 1) await publish([value]);
    await tutti.events.settled();
    await tutti.events.tidy();
    const [partition] = await tutti.engine.store.listPartitions('settings');
    expect(partition?.bytes).toBeLessThanOrEqual(1_000);
    expect((await stored(tutti.engine.store)).at(-1)).toBe('39=39');
  });

  it('lets everybody else move between the parts of a long log', async () => {
    const { tutti, publish } = await scene({ retain: { compact: true } });
    const values = Array.from({ length: 1_000 }, (_, value) => value);
    for (let batch = 0; batch < 20; batch += 1) await publish(values, `k${batch % 3}`);
    await tutti.events.settled();
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    await tutti.events.tidy();
    isOver = true;
    // About 2 MB are read twice, a quarter of a megabyte at a time.
    expect(turns).toBeGreaterThan(8);
    expect(await stored(tutti.engine.store)).toHaveLength(3);
  });

  it('by compaction keeps the newest event of each key, at its offset', async () => {
    const { tutti, publish } = await scene({ retain: { compact: true } });
    await publish([1, 2], 'a');
    await publish([3], 'b');
    await publish([4], 'a');
    await tutti.events.settled();
    await tutti.events.tidy();
    expect(await stored(tutti.engine.store)).toEqual(['2=3', '3=4']);
  });
});

describe('small batches', () => {
  it('are joined when they are cold; every event stays where it was', async () => {
    const { tutti, seen, publish, source } = await scene();
    for (let value = 0; value < 200; value += 1) await publish([value]);
    await tutti.events.settled();
    const before = await stored(tutti.engine.store);
    await tutti.events.tidy();
    const [partition] = await tutti.engine.store.listPartitions('settings');
    expect(partition?.batches).toBeLessThan(100);
    expect(await stored(tutti.engine.store)).toEqual(before);
    await source.subscriptions[0]?.seek('oldest');
    await expect.poll(() => seen.length).toBe(400);
  });
});

describe('bad input', () => {
  it('is refused with a clear error, and harms nobody', async () => {
    const { tutti, seen, publish, source } = await scene({ maxEventBytes: 200 });
    const wrong = { key: 'k', value: 'much' } as unknown as { key: string; value: number };
    await expect(source.publish(Changed(wrong))).rejects.toMatchObject({ code: 'TUTTI_INPUT_INVALID' });
    const other = { ...Changed({ key: 'k', value: 1 }), type: 'sett' as 'set' };
    await expect(source.publish(other)).rejects.toThrow('did you mean "set"?');
    await expect(publish([1], 'x'.repeat(300))).rejects.toMatchObject({ code: 'TUTTI_EVENT_TOO_LARGE' });
    const producer = { producer: 'p', epoch: 0, sequence: 5 };
    await expect(source.publish(Changed({ key: 'k', value: 1 }), { producer })).rejects.toThrow('expected 0');
    await publish([7]);
    await tutti.events.settled();
    expect(seen).toEqual([7]);
  });

  it('cannot be published outside of an engine', async () => {
    await expect(open({}).publish(Changed({ key: 'k', value: 1 }))).rejects.toMatchObject({
      code: 'TUTTI_TOPIC_NOT_BOUND',
    });
  });
});
