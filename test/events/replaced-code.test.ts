/** Events that were understood when they were parked, and are not by the code that comes after. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type Clock, type Subscription, type Topic, type Tutti } from 'tutti';
import { systemClock } from '../../src/base/clock.ts';
import { createMemoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';

interface Made {
  readonly id: string;
}

const hourMs = 3_600_000;

function ahead(ms: number): Clock {
  return {
    now: () => systemClock.now() + ms,
    setTimer: (delayMs, callback) => systemClock.setTimer(delayMs, callback),
  };
}

async function begin(store: MemoryStore, made: Topic, clock: Clock): Promise<Tutti> {
  const tutti = await createTutti({ store: store.openAnother(), definitions: [made], clock });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

const older = event<'made', Made>('made');

/** The same event a version later, whose upcaster does not know one of the old ones. */
const newer = event<'made', Made>('made', {
  version: 2,
  upcasters: {
    1: (data) => {
      if ((data as Made).id === 'odd') throw new RangeError('no such thing any more');
      return data;
    },
  },
});

async function lettersOf(subscription: Subscription): Promise<readonly (readonly [string | null, string])[]> {
  return (await subscription.deadLetters.list()).map(({ key, cause }) => [key, cause]);
}

async function parkedIn(subscription: Subscription): Promise<number> {
  const statuses = await subscription.status();
  return statuses.flatMap(({ cursor }) => cursor.parked.flatMap(({ offsets }) => offsets)).length;
}

describe('an event that new code does not understand', () => {
  it('is given up with its bytes when its next try is due, and holds nobody up', async () => {
    const store = createMemoryStore();
    const before = topic('things', { events: [older], key: (e) => e.data.id });
    const parking = before.subscribe('s', {
      from: 'oldest',
      retry: { initialInterval: '5m', maximumAttempts: 5 },
      handler: () => Promise.reject(new RangeError('not yet')),
    });
    const first = await begin(store, before, systemClock);
    await before.publishAll([older({ id: 'odd' }), older({ id: 'even' })]);
    await expect.poll(() => parkedIn(parking)).toBe(2);
    await first.stop();

    const seen: string[] = [];
    const after = topic('things', { events: [newer], key: (e) => e.data.id });
    const subscription = after.subscribe('s', { from: 'oldest', handler: (e) => void seen.push(e.data.id) });
    await begin(store, after, ahead(2 * hourMs));
    await expect.poll(() => seen).toEqual(['even']);
    await expect.poll(() => lettersOf(subscription)).toEqual([['odd', 'TUTTI_EVENT_INVALID']]);
    const [letter] = await subscription.deadLetters.list();
    expect(JSON.parse(letter?.data ?? '')).toEqual({ id: 'odd' });
  });

  it('is given up when it waited for quiet, and its partition is taken all the same', async () => {
    const store = createMemoryStore();
    const rule = { debounce: { for: '1h' } } as const;
    const before = topic('things', { events: [older], key: (e) => e.data.id });
    const parking = before.subscribe('s', { from: 'oldest', ...rule, handler: () => undefined });
    const first = await begin(store, before, systemClock);
    await before.publishAll([older({ id: 'odd' }), older({ id: 'even' })]);
    await expect.poll(() => parkedIn(parking)).toBe(2);
    await first.stop();

    const seen: string[] = [];
    const after = topic('things', { events: [newer], key: (e) => e.data.id });
    const subscription = after.subscribe('s', {
      from: 'oldest',
      ...rule,
      handler: (e) => void seen.push(e.data.id),
    });
    await begin(store, after, ahead(2 * hourMs));
    await expect.poll(() => seen).toEqual(['even']);
    await expect.poll(() => lettersOf(subscription)).toEqual([['odd', 'TUTTI_EVENT_INVALID']]);
  });
});
