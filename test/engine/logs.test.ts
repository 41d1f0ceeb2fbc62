import { expect, it } from 'vitest';
import { silentLogger } from '../../src/base/logger.ts';
import type { CommitBatch, Engine, RunHandle, RunRecord } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { workflow, workflowDefinition } from '../../src/workflows/index.ts';
import { ended, openEngine, place, startRun, step, whenRun } from './engine-scene.ts';

async function lines(engine: Engine, run: RunRecord): Promise<readonly string[]> {
  const found = await engine.store.readLogs(run.number);
  return found.map(({ key, attempt, level, text }) => `${key}|${attempt}|${level}|${text}`);
}

/** Says something before and after each of its operations. */
const talk = async (run: RunHandle): Promise<unknown> => {
  run.log('info', 'one');
  await step(run, 'speak', () => 1);
  run.log('info', 'two');
  await run.signal({ place: place(run), name: 'go', timeoutMs: null });
  run.log('info', 'three');
  return null;
};

/** Five steps, with a line in each and after it, or none. */
const code = (isLogging: boolean) => async (run: RunHandle) => {
  for (let index = 0; index < 5; index += 1) {
    await step(run, 'work', (attempt) => isLogging && attempt.log('info', 'working'));
    if (isLogging) run.log('info', 'worked');
  }
};

it('lines of the code and of attempts are kept under what wrote them', async () => {
  const engine = await openEngine(createMemoryStore(), {
    talk: async (run) => {
      run.log('info', 'begins');
      await step(run, 'speak', (attempt) => attempt.log('stdout', 'hello'));
      run.log('warn', 'ends');
    },
  });
  const run = await ended(engine, await startRun(engine, 'talk'));
  expect(await lines(engine, run)).toEqual([
    '|0|info|begins',
    '/step:speak#0|1|stdout|hello',
    '|0|warn|ends',
  ]);
});

it('a run that moves and is replayed does not say again what it has said', async () => {
  const store = createMemoryStore();
  const first = await openEngine(store, { talk });
  const run = await startRun(first, 'talk');
  await whenRun(first, run, ({ state }) => state === 'waiting');
  await first.stop();
  const second = await openEngine(store, { talk });
  await second.send({ run: run.number, kind: 'signal', name: 'go', at: 0, payload: null });
  await ended(second, run);
  expect((await store.readLogs(run.number)).map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

it('a line rides on the commit of the run and causes none of its own', async () => {
  const store = createMemoryStore();
  const commit = store.commit.bind(store);
  const batches: CommitBatch[] = [];
  store.commit = (batch) => {
    batches.push(batch);
    return commit(batch);
  };
  const engine = await openEngine(store, { quiet: code(false), talk: code(true) });
  await ended(engine, await startRun(engine, 'quiet'));
  const quiet = batches.splice(0);
  const run = await ended(engine, await startRun(engine, 'talk'));
  expect(batches.length).toBe(quiet.length);
  expect(quiet.flatMap((batch) => batch.logs ?? [])).toEqual([]);
  expect((await store.readLogs(run.number)).length).toBe(10);
});

it('a line of a body that runs for long is written without another commit', async () => {
  const store = createMemoryStore();
  const body = Promise.withResolvers<void>();
  const engine = await openEngine(store, {
    talk: (run) =>
      step(run, 'speak', (attempt) => {
        attempt.log('info', 'still at it');
        return body.promise;
      }),
  });
  const run = await startRun(engine, 'talk');
  await whenRun(engine, run, async () => (await store.readLogs(run.number)).length === 1);
  expect((await store.readJournal(run.number, 0, 9)).length).toBe(0);
  body.resolve();
  await ended(engine, run);
});

it("a line that is too long is cut, and a workflow's fields stand behind its message", async () => {
  const store = createMemoryStore();
  const long = 'x'.repeat(20_000);
  const chatty = workflow('talk', async (ctx) => {
    ctx.log.info('asked', { id: 7, list: ['a'] });
    await ctx.step('speak', (own) => own.log.error(long));
  });
  const definition = workflowDefinition(chatty, { logger: silentLogger });
  const engine = await openEngine(store, { talk: (run, input) => definition.execute(run, input) });
  const run = await ended(engine, await startRun(engine, 'talk'));
  const [first, second] = await store.readLogs(run.number);
  expect(first?.text).toBe("asked { id: 7, list: [ 'a' ] }");
  expect(second).toMatchObject({ key: '/step:speak#0', level: 'error', text: `${'x'.repeat(16_383)}…` });
});
