/** Redrives that go on by themselves: paced, guarded, and the same after a restart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, topic, type Tutti } from 'tutti';
import { z } from 'zod';
import { encodeRecord } from '../../src/engine/index.ts';

const Placed = event('order.placed', { schema: z.object({ id: z.string() }) });
const once = { initialInterval: 1, maximumInterval: 1, maximumAttempts: 1, jitter: 0 } as const;

interface Scene {
  readonly tutti: Tutti;
  readonly strict: ReturnType<typeof strictOn>['strict'];
  readonly seen: readonly string[];
  fail(fails: boolean): void;
  /** Lets the handler of this order wait. */
  hold(id: string, until: Promise<unknown>): void;
  publish(count: number): Promise<void>;
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- its type is what the scene takes
function strictOn(isFailing: () => boolean, held: ReadonlyMap<string, Promise<unknown>>, seen: string[]) {
  const orders = topic('orders', { events: [Placed], key: (e) => e.data.id });
  const strict = orders.subscribe('strict', {
    retry: once,
    handler: async (e) => {
      if (isFailing()) throw new Error('down');
      await held.get(e.data.id);
      seen.push(e.data.id);
    },
  });
  return { orders, strict };
}

async function scene(store = ':memory:', seen: string[] = []): Promise<Scene> {
  let isFailing = true;
  const held = new Map<string, Promise<unknown>>();
  const { orders, strict } = strictOn(() => isFailing, held, seen);
  const tutti = await createTutti({ store, definitions: [orders] });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return {
    tutti,
    strict,
    seen,
    fail: (fails) => void (isFailing = fails),
    hold: (id, until) => void held.set(id, until),
    publish: async (count) => {
      await orders.publishAll(Array.from({ length: count }, (_, n) => Placed({ id: `o${n}` })));
      await expect.poll(async () => (await strict.deadLetters.list()).length).toBe(count);
    },
  };
}

async function jobOf({ strict }: Scene, rate: string, redrivesMax = 5): Promise<string> {
  const { job } = await strict.deadLetters.redrive({ rate, redrivesMax, by: 'ann' });
  return job ?? '';
}

describe('a redrive with a rate', () => {
  it('hands each dead letter out once, though two work at it, and tells what it did', async () => {
    const here = await scene();
    await here.publish(20);
    here.fail(false);
    const { redrives } = here.tutti.events;
    const id = await jobOf(here, '100000/s');
    await Promise.all([redrives.work(), redrives.work(), redrives.work()]);
    await expect.poll(async () => (await redrives.show(id)).state).toBe('finished');
    await here.tutti.events.settled();
    await expect.poll(() => here.seen.length).toBe(20);
    expect(new Set(here.seen).size).toBe(20);
    const view = await redrives.show(id);
    expect(view).toMatchObject({ by: 'ann', matched: 20, redriven: 20, left: 0, failedAgain: 0 });
    expect(view.audit.map(({ became }) => became)).toEqual(Array(20).fill('redriven'));
  });

  it('hands out no more than the rate allows, and none once it is stopped', async () => {
    const here = await scene();
    await here.publish(5);
    here.fail(false);
    const { redrives } = here.tutti.events;
    const id = await jobOf(here, '1/h');
    await redrives.work();
    await redrives.work();
    expect(await redrives.show(id)).toMatchObject({ state: 'running', redriven: 1, left: 4 });
    expect(await redrives.stop(id)).toMatchObject({ state: 'stopped', redriven: 1, left: 0 });
    await redrives.work();
    expect((await here.strict.deadLetters.list()).length).toBe(4);
  });

  it('leaves what fails again to others, and what was redriven too often to nobody', async () => {
    const here = await scene();
    await here.publish(3);
    const { redrives } = here.tutti.events;
    const first = await jobOf(here, '100000/s', 1);
    await redrives.work();
    await expect.poll(async () => (await redrives.show(first)).failedAgain).toBe(3);
    await redrives.work();
    expect(await redrives.show(first)).toMatchObject({ state: 'finished', redriven: 3 });
    const second = await jobOf(here, '100000/s', 1);
    await redrives.work();
    await expect.poll(async () => (await redrives.show(second)).state).toBe('finished');
    expect(await redrives.show(second)).toMatchObject({ redriven: 0, guarded: 3 });
    expect((await here.strict.deadLetters.list()).map(({ redrives: count }) => count)).toEqual([1, 1, 1]);
  });

  it('goes on after a restart where it was', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tutti-redrive-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const seen: string[] = [];
    const before = await scene(join(directory, 'store.db'), seen);
    await before.publish(4);
    before.fail(false);
    const id = await jobOf(before, '1/s');
    await before.tutti.events.redrives.work();
    await before.tutti.stop();
    const after = await scene(join(directory, 'store.db'), seen);
    after.fail(false);
    const { redrives } = after.tutti.events;
    await expect.poll(async () => (await redrives.show(id)).state, { timeout: 10_000 }).toBe('finished');
    await expect.poll(() => seen.toSorted()).toEqual(['o0', 'o1', 'o2', 'o3']);
  });

  it('is refused with code to edit by, with a rate that is none, and for an id that is none', async () => {
    const { strict, tutti } = await scene();
    const edit = (data: unknown): unknown => data;
    await expect(strict.deadLetters.redrive({ rate: '5/s', edit })).rejects.toThrow(/cannot keep code/);
    for (const rate of ['0/s', 'fast', '5/d'])
      await expect(strict.deadLetters.redrive({ rate })).rejects.toThrow(/expected a count per s, m or h/);
    await expect(tutti.events.redrives.show('no')).rejects.toThrow(/no redrive "no"/);
  });
});

/** Puts a record into the log that no publisher would write, and waits until it is given up on. */
async function damage(
  { tutti, strict }: Scene,
  id: string,
  record: { attributes?: string; data?: string },
): Promise<void> {
  const { length } = await strict.deadLetters.list();
  const { attributes = '', data = '{"id":"x"}' } = record;
  const bytes = encodeRecord({ type: 'order.placed', id, key: id, time: 0, attributes, data });
  const append = { topic: 'orders', partition: 0, at: 0, records: [{ bytes, dedupe: null }] };
  await tutti.engine.change({ when: [], cells: [], starts: [], sends: [], appends: [append] });
  await expect.poll(async () => (await strict.deadLetters.list()).length).toBe(length + 1);
}

const any = { data: { id: [{ exists: true }] } };

describe('a dead letter that cannot be read', () => {
  it('matches no filter, is counted, and keeps no other from being redriven', async () => {
    const here = await scene();
    await here.publish(2);
    await damage(here, 'no json', { data: '{"id"' });
    await damage(here, 'no attributes', { attributes: '{' });
    here.fail(false);
    const { deadLetters } = here.strict;
    const report = { matched: 2, unreadable: 2 };
    expect(await deadLetters.redrive({ filter: any, dryRun: true })).toMatchObject({
      ...report,
      redriven: 0,
    });
    expect(await deadLetters.redrive({ filter: any })).toMatchObject({ ...report, redriven: 2 });
    await expect.poll(() => here.seen.toSorted()).toEqual(['o0', 'o1']);
    expect((await deadLetters.list()).map(({ eventId }) => eventId)).toEqual(['no json', 'no attributes']);
  });

  it('is not given to `edit`, and is redriven as it is without one, if only its data is no JSON', async () => {
    const here = await scene();
    await damage(here, 'no json', { data: '{"id"' });
    const edit = (data: unknown): unknown => data;
    expect(await here.strict.deadLetters.redrive({ edit })).toMatchObject({ unreadable: 1, redriven: 0 });
    expect(await here.strict.deadLetters.redrive()).toMatchObject({ unreadable: 0, redriven: 1 });
    await expect
      .poll(async () => (await here.strict.deadLetters.list()).map(({ redrives }) => redrives))
      .toEqual([1]);
  });

  it('is passed over by a job, which says so', async () => {
    const here = await scene();
    await here.publish(1);
    await damage(here, 'no attributes', { attributes: '{' });
    here.fail(false);
    const id = await jobOf(here, '100000/s');
    const { redrives } = here.tutti.events;
    await redrives.work();
    await expect.poll(async () => (await redrives.show(id)).state).toBe('finished');
    expect(await redrives.show(id)).toMatchObject({ matched: 1, redriven: 1, unreadable: 1 });
    expect((await redrives.show(id)).audit.map(({ became }) => became)).toEqual(['redriven', 'unreadable']);
    await here.tutti.events.settled();
  });
});

describe('the log of what is redriven', () => {
  it('keeps only what its cursor has not settled', async () => {
    const here = await scene();
    await here.publish(3);
    await here.strict.deadLetters.redrive();
    // All of them fail again.
    await expect
      .poll(async () => (await here.strict.deadLetters.list()).map(({ redrives }) => redrives))
      .toEqual([1, 1, 1]);
    const log = async (): Promise<unknown> => {
      await here.tutti.events.settled();
      await here.tutti.events.tidy();
      return (await here.tutti.engine.store.listPartitions('redrive:orders/strict'))[0];
    };
    expect(await log()).toMatchObject({ startOffset: 3, nextOffset: 3, batches: 0 });
    const { promise: release, resolve } = Promise.withResolvers<undefined>();
    here.hold('o1', release);
    here.fail(false);
    await here.strict.deadLetters.redrive();
    await expect.poll(() => here.seen.toSorted()).toEqual(['o0', 'o2']);
    await here.tutti.events.tidy();
    const [held] = await here.tutti.engine.store.listPartitions('redrive:orders/strict');
    expect(held).toMatchObject({ startOffset: 4, nextOffset: 6 });
    resolve(undefined);
    await expect.poll(() => here.seen.length).toBe(3);
    expect(await log()).toMatchObject({ startOffset: 6, batches: 0 });
  });
});
