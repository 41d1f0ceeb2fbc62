/** What the simulation found with runs that wait for events and publish some; see regressions.test.ts. */
import { expect, it } from 'vitest';
import { event, signal, topic, workflow } from '../../src/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { clock, expectEventually, open, stateOf } from './lone-engine.ts';
import { overriding } from './overriding.ts';

const go = signal<string>('go');

it('a wait for an event that times out before its positions are known lets its run rest, so that it can be paused', async () => {
  const memory = createMemoryStore();
  const store = overriding(memory, {
    findOffset: async (name, time) => {
      await new Promise<void>((resolve) => clock.setTimer(100, resolve));
      return memory.findOffset(name, time);
    },
  });
  const Said = event('said');
  const facts = topic('facts', { events: [Said] });
  const code = workflow('impatient', async (ctx) => {
    await ctx.waitForEvent(facts, Said, { timeout: 10 }).catch(() => undefined);
    await ctx.waitFor(go);
  });
  const tutti = await open(code, { store, definitions: [code, facts] });
  const { id } = await tutti.client.startRun('impatient', null);
  await expectEventually(async () => (await stateOf(tutti, id)) === 'running');
  await tutti.client.pauseRun(id, 'a whim');
  await expectEventually(async () => (await stateOf(tutti, id)) === 'paused');
  await tutti.stop();
});

it('a run that publishes while its engine stops is not failed by that', async () => {
  const Said = event('said');
  const facts = topic('facts', { events: [Said] });
  const lasting = (ms: number): Promise<void> => new Promise((resolve) => clock.setTimer(ms, resolve));
  const code = workflow('telling', async (ctx) => {
    const told = ctx.step('short', () => lasting(500)).then(() => ctx.publish(facts, Said('late')));
    // The engine waits for its body, and the other branch goes on meanwhile.
    await Promise.all([told, ctx.step('long', () => lasting(1_000))]);
  });
  const store = createMemoryStore();
  const tutti = await open(code, { store, definitions: [code, facts] });
  await tutti.client.startRun('telling', null, { id: 'telling' });
  await expectEventually(async () => (await store.findRun('telling'))?.state === 'running');
  let hasStopped = false;
  void tutti.stop().then(() => (hasStopped = true));
  await expectEventually(() => hasStopped);
  expect((await store.findRun('telling'))?.state).not.toBe('failed');
  const journal = await store.readJournal(1, 0, 10);
  expect(journal.map(({ kind, outcome }) => `${kind} ${outcome}`)).toContain('publish ok');
  await expect(facts.publish(Said('too late'))).rejects.toMatchObject({ code: 'TUTTI_TOPIC_NOT_BOUND' });
});

it('code that goes on after its worker lost the run publishes nothing beside what it publishes elsewhere', async () => {
  const held = Promise.withResolvers<void>();
  let isHolding = false;
  let mustHold = true;
  const Said = event('said');
  const facts = topic('facts', { events: [Said] });
  const code = workflow('telling', async (ctx) => {
    const telling = async (): Promise<void> => {
      isHolding = true;
      // Stands for whatever turns of the queue lie between what the code was told last and what it does next.
      if (mustHold) await held.promise;
      await ctx.publish(facts, Said('once'));
    };
    await Promise.all([telling(), ctx.waitFor(go)]);
  });
  const store = createMemoryStore();
  const tutti = await open(code, { store, definitions: [code, facts] });
  await tutti.client.startRun('telling', null, { id: 'telling' });
  await expectEventually(() => isHolding);
  mustHold = false;
  await store.declareDead(clock.now() + 60_000);
  await tutti.client.sendSignal('telling', 'go', 'now');
  await expectEventually(async () => (await stateOf(tutti, 'telling')) === 'completed');
  held.resolve();
  await expectEventually(() => true);
  await tutti.stop();
  expect(await store.listPartitions('facts')).toMatchObject([{ nextOffset: 1 }]);
});
