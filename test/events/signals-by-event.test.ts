/** Subscriptions that make a signal to a run of each event. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createTutti,
  event,
  signal,
  topic,
  workflow,
  type Subscription,
  type Tutti,
  type TuttiOptions,
} from 'tutti';
import { z } from 'zod';
import { readCursor } from '../../src/events/consume/cursor.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { DyingProcess } from './dying-process.ts';

const Approved = event('approved', { schema: z.object({ order: z.string(), by: z.string() }) });
const approved = signal('approved', z.object({ by: z.string().min(1) }));

type WhenGone = 'skip' | 'deadLetter' | 'retry';

// oxlint-disable-next-line typescript/explicit-function-return-type -- the types of topic and workflow are what the tests are about
function code(whenGone: WhenGone = 'skip') {
  const approvals = topic('approvals', { events: [Approved], key: (e) => e.data.order });
  const ship = workflow('ship', { signals: [approved] }, async (ctx, times: number) => {
    const people: string[] = [];
    while (people.length < times) people.push((await ctx.waitFor(approved)).by);
    return people;
  });
  const subscription = approvals.subscribe('approvals', {
    from: 'oldest',
    retry: { initialInterval: '20ms', maximumInterval: '20ms', maximumAttempts: 1_000 },
    send: approved,
    to: (e) => (e.data.order === 'none' ? null : e.data.order),
    payload: (e) => ({ by: e.data.by }),
    whenGone,
  });
  return { approvals, subscription, definitions: [approvals, ship] as const };
}

async function open({
  definitions,
}: {
  readonly definitions: NonNullable<TuttiOptions['definitions']>;
}): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', definitions, dev: true });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

async function unreached(tutti: Tutti): Promise<number> {
  await tutti.events.settled();
  return (await tutti.client.showConsumer('approvals/approvals')).unreached;
}

async function errors(subscription: Subscription): Promise<readonly string[]> {
  return (await subscription.deadLetters.list()).map(({ error }) => error);
}

describe('a subscription that sends a signal', () => {
  it('gives it to the run that each event is about, in order', async () => {
    const all = code();
    const tutti = await open(all);
    await tutti.client.startRun('ship', 2, { id: 'o1' });
    await tutti.client.startRun('ship', 1, { id: 'o2' });
    const said = [
      ['o1', 'ann'],
      ['none', 'nobody'],
      ['o2', 'bob'],
      ['o1', 'cid'],
    ] as const;
    await all.approvals.publishAll(said.map(([order, by]) => Approved({ order, by })));
    expect((await tutti.client.waitForRun('o1')).output).toEqual(['ann', 'cid']);
    expect((await tutti.client.waitForRun('o2')).output).toEqual(['bob']);
    expect(await unreached(tutti)).toBe(0);
    expect((await tutti.client.showConsumer('approvals/approvals')).reaction).toBe('sends approved');
  });

  it('skips what finds no run, or one that has ended, and counts it', async () => {
    const all = code();
    const tutti = await open(all);
    await tutti.client.startRun('ship', 0, { id: 'ended' });
    await tutti.client.waitForRun('ended');
    const orders = ['unknown', 'ended', 'unknown'];
    await all.approvals.publishAll(orders.map((order) => Approved({ order, by: 'ann' })));
    expect(await unreached(tutti)).toBe(3);
    expect(await errors(all.subscription)).toEqual([]);
  });

  it('gives up what finds no run, if it is to', async () => {
    const all = code('deadLetter');
    const tutti = await open(all);
    await tutti.client.startRun('ship', 0, { id: 'ended' });
    await tutti.client.waitForRun('ended');
    await all.approvals.publishAll(['unknown', 'ended'].map((order) => Approved({ order, by: 'ann' })));
    expect(await unreached(tutti)).toBe(0);
    expect(await errors(all.subscription)).toEqual([
      'DeadLettered: Run "unknown" does not exist; signal "approved" was not sent.',
      'DeadLettered: Run "ended" has ended; signal "approved" was not sent.',
    ]);
  });

  it('waits for a run that is about to be started, if it is to, and gives up one that has ended', async () => {
    const all = code('retry');
    const tutti = await open(all);
    await tutti.client.startRun('ship', 0, { id: 'ended' });
    await tutti.client.waitForRun('ended');
    await all.approvals.publishAll(['late', 'ended'].map((order) => Approved({ order, by: 'ann' })));
    await expect.poll(async () => (await tutti.client.showConsumer('approvals/approvals')).parked).toBe(1);
    await tutti.client.startRun('ship', 1, { id: 'late' });
    expect((await tutti.client.waitForRun('late')).output).toEqual(['ann']);
    await tutti.events.settled();
    expect(await errors(all.subscription)).toEqual([
      'DeadLettered: Run "ended" has ended; signal "approved" was not sent.',
    ]);
  });

  it('gives up what the run refuses', async () => {
    const approvals = topic('approvals', { events: [Approved] });
    const ship = workflow('ship', { signals: [approved] }, async (ctx) => ctx.waitFor(approved));
    const subscription = approvals.subscribe('approvals', {
      retry: { maximumAttempts: 1 },
      send: approved,
      to: (e) => e.data.order,
      payload: (e) => e.data,
    });
    const tutti = await open({ definitions: [approvals, ship] });
    await tutti.client.startRun('ship', null, { id: 'o1' });
    await approvals.publish(Approved({ order: 'o1', by: '' }));
    await tutti.events.settled();
    expect((await subscription.deadLetters.list())[0]).toMatchObject({ cause: 'TUTTI_INPUT_INVALID' });
    await approvals.publish(Approved({ order: 'o1', by: 'ann' }));
    expect((await tutti.client.waitForRun('o1')).output).toEqual({ by: 'ann' });
  });

  it('is refused without a run to send to, with two reactions, and with a choice there is not', () => {
    const approvals = topic('approvals', { events: [Approved] });
    const invalid = expect.objectContaining({ code: 'TUTTI_DEFINITION_INVALID' }) as unknown;
    const to = (): string => 'o1';
    // @ts-expect-error -- to which run
    expect(() => approvals.subscribe('a', { send: approved })).toThrow(invalid);
    const both = { send: approved, to, start: { name: 'ship' } };
    expect(() => approvals.subscribe('b', both)).toThrow(invalid);
    const stray = { handler: () => undefined, to };
    expect(() => approvals.subscribe('d', stray)).toThrow(invalid);
    // @ts-expect-error -- no such choice
    expect(() => approvals.subscribe('c', { send: approved, to, whenGone: 'wait' })).toThrow(
      expect.objectContaining({ code: 'TUTTI_OPTION_INVALID' }),
    );
  });
});

async function crashAt(commit: number): Promise<boolean> {
  const store = createMemoryStore();
  const client = code();
  const outside = await createTutti({ store: store.openAnother(), definitions: client.definitions });
  const dying = new DyingProcess(store.openAnother(), commit);
  const first = await createTutti({ store: dying.store, definitions: code().definitions, idleMs: 0 });
  const starting = first.start().catch(() => undefined);
  await outside.client.startRun('ship', 3, { id: 'o1' });
  const people = ['ann', 'bob', 'gone', 'cid'];
  for (const by of people) {
    await client.approvals.publish(Approved({ order: by === 'gone' ? 'o9' : 'o1', by }));
  }
  const ended = vi.waitFor(
    async () => {
      const run = await outside.client.showRun('o1');
      expect(run.endedAt).not.toBeNull();
      expect((await outside.client.showConsumer('approvals/approvals')).lag).toBe(0);
      return run.output;
    },
    { interval: 5, timeout: 10_000 },
  );
  const hasCrashed = await Promise.race([dying.died.then(() => true), ended.then(() => false)]);
  let second: Tutti | null = null;
  if (hasCrashed) {
    await store.declareDead(Number.MAX_SAFE_INTEGER);
    second = await createTutti({ store: store.openAnother(), definitions: code().definitions });
    await second.start();
  }
  expect(await ended, `crash at commit ${commit}`).toEqual(['ann', 'bob', 'cid']);
  expect((await outside.client.showConsumer('approvals/approvals')).unreached).toBe(1);
  dying.bury();
  await starting;
  await Promise.all([first, second, outside].map(async (one) => one?.stop()));
  return hasCrashed;
}

it('sends each signal once and counts each event once, whichever commit its worker dies with', async () => {
  let crashes = 0;
  while (await crashAt(crashes + 1)) crashes += 1;
  expect(crashes).toBeGreaterThan(4);
}, 60_000);

/** Two processes: in one the subscription, in the other the run, which ends right before the signal's commit. */
async function signalAtTheEnd(whenGone: WhenGone) {
  const all = code(whenGone);
  const [topicAlone, ship] = all.definitions;
  const store = createMemoryStore();
  const runner = await createTutti({ store: store.openAnother(), definitions: [ship] });
  const own = store.openAnother();
  const commit = own.commit.bind(own);
  let hasEnded = false;
  const cautious: number[] = [];
  own.commit = async (batch) => {
    if (!hasEnded && batch.guarded?.some(({ sends }) => sends.length > 0) === true) {
      hasEnded = true;
      await runner.client.sendSignal('o1', 'approved', { by: 'first' });
      await runner.client.waitForRun('o1');
    }
    for (const { space, value } of (batch.guarded ?? []).flatMap(({ cells }) => cells))
      if (space === 'cursor') cautious.push(readCursor(String(value), 'the subscription').cautiousBelow);
    return commit(batch);
  };
  const tutti = await createTutti({ store: own, definitions: [topicAlone] });
  onTestFinished(async () => {
    await Promise.all([tutti.stop(), runner.stop()]);
  });
  await runner.start();
  await tutti.start();
  await runner.client.startRun('ship', 1, { id: 'o1' });
  await vi.waitFor(async () => expect((await runner.client.showRun('o1')).state).toBe('waiting'));
  await all.approvals.publish(Approved({ order: 'o1', by: 'second' }));
  await vi.waitFor(async () => {
    await tutti.events.settled();
    expect((await tutti.client.showConsumer('approvals/approvals')).lag).toBe(0);
  });
  expect(hasEnded).toBe(true);
  expect((await runner.client.showRun('o1')).output).toEqual(['first']);
  // No process died over the event, so those behind it need not be tried one by one.
  expect(Math.max(...cautious)).toBe(0);
  return { unreached: await unreached(tutti), errors: await errors(all.subscription) };
}

describe('regression: a run that ends after it was looked at, and before its signal is on disk', () => {
  it('counts like one that had ended', async () => {
    expect(await signalAtTheEnd('skip')).toEqual({ unreached: 1, errors: [] });
  });

  it.each(['deadLetter', 'retry'] as const)('makes its event a dead letter with %s', async (whenGone) => {
    const lost = 'DeadLettered: Run "o1" has ended; signal "approved" was not sent.';
    expect(await signalAtTheEnd(whenGone)).toEqual({ unreached: 0, errors: [lost] });
  });
});
