import { neverWakes, nobody, type FinalState, type RunRecord } from '../../engine/index.ts';
import { change, entry, finish, pause, runStart, sleep, startTime } from './builders.ts';
import { only, type Claim, type Scene } from './scene.ts';

/** Starts, changes and lists of runs. */
export function runClaims(claim: Claim): void {
  startClaims(claim);
  conflictClaims(claim);
  childClaims(claim);
  forkClaims(claim);
  changeClaims(claim);
  listClaims(claim);
}

function startClaims(claim: Claim): void {
  claim('a started run is kept with every field it was given', async (scene) => {
    const parent = await scene.pending('parent');
    const started = await scene.pending('child', {
      kind: 'pipeline',
      definition: 'größen',
      version: 'v2 🎼',
      input: '{"text":"naïve 日本語 🎻 \\u0000"}',
      seed: 4_294_967_295,
      wakeAt: startTime + 60_000,
      deadlineAt: startTime + 120_000,
      parent: { run: parent.number, operation: '/child:child#0' },
    });
    const expected: RunRecord = {
      number: started.number,
      id: 'child',
      generation: 1,
      kind: 'pipeline',
      definition: 'größen',
      version: 'v2 🎼',
      state: 'pending',
      input: '{"text":"naïve 日本語 🎻 \\u0000"}',
      result: null,
      status: null,
      seed: 4_294_967_295,
      owner: nobody,
      wakeAt: startTime + 60_000,
      deadlineAt: startTime + 120_000,
      parent: { run: parent.number, operation: '/child:child#0' },
      createdAt: startTime,
      startedAt: null,
      updatedAt: startTime,
      endedAt: null,
    };
    scene.expect(started).toEqual(expected);
    scene.expect(await scene.store.getRun(started.number)).toEqual(expected);
    scene.expect(await scene.store.findRun('child')).toEqual(expected);
  });

  claim('a run started for its worker is running and owned at once', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const expected = { state: 'running', owner: worker, wakeAt: 0, startedAt: startTime };
    scene.expect(run).toMatchObject(expected);
    scene.expect(await scene.run(run.number)).toMatchObject(expected);
    scene.expect(await scene.claimedIds(await scene.worker())).toEqual([]);
  });

  claim('run numbers grow in the order of the starts', async (scene) => {
    const { starts } = await scene.commit({ starts: [runStart({ id: 'b' }), runStart({ id: 'a' })] });
    const [first, second] = starts.map((start) => start.run.number);
    scene.expect((first ?? 0) > 0 && (second ?? 0) > (first ?? 0)).toBe(true);
  });

  claim('ids are compared exactly, in case and in accents', async (scene) => {
    const ids = ['id', 'ID', 'i\u0301d', '\u00edd', 'id ', 'i%', '日本'];
    const { starts } = await scene.commit({ starts: ids.map((id) => runStart({ id })) });
    scene.expect(starts.map((start) => start.created)).toEqual(ids.map(() => true));
    for (const id of ids) scene.expect((await scene.store.findRun(id))?.id).toBe(id);
  });

  claim('what no run answers to is null', async (scene) => {
    await scene.pending('a');
    scene.expect(await scene.store.findRun('b')).toBe(null);
    scene.expect(await scene.store.findRun('a', 2)).toBe(null);
    scene.expect(await scene.store.getRun(999_999)).toBe(null);
  });
}

async function ended(scene: Scene, id: string, state: FinalState): Promise<RunRecord> {
  const worker = await scene.worker();
  const run = await scene.owned(worker, id);
  await scene.commit({ worker, runs: [finish(run, { state })] });
  return scene.run(run.number);
}

const finalStates: readonly FinalState[] = ['completed', 'failed', 'canceled'];

function conflictClaims(claim: Claim): void {
  restartClaims(claim);
  claim(
    'refuse: a second start shows the first run and changes nothing, whatever its state',
    async (scene) => {
      const open = await scene.pending('open');
      const done = await ended(scene, 'done', 'failed');
      for (const run of [open, done]) {
        const { starts } = await scene.commit({ starts: [runStart({ id: run.id, input: '"other"' })] });
        scene.expect(starts).toEqual([{ created: false, run }]);
        scene.expect(await scene.store.findRun(run.id)).toEqual(run);
      }
    },
  );

  claim('attach: a second start gets the existing run, whatever its state', async (scene) => {
    const open = await scene.pending('open');
    const done = await ended(scene, 'done', 'completed');
    for (const run of [open, done]) {
      const { starts } = await scene.commit({ starts: [runStart({ id: run.id, onConflict: 'attach' })] });
      scene.expect(starts).toEqual([{ created: false, run }]);
    }
  });

  for (const state of finalStates) {
    claim(`restart: a ${state} run is followed by the next generation`, async (scene) => {
      const first = await ended(scene, 'a', state);
      const second = await scene.pending('a', { onConflict: 'restart', input: '"again"' });
      scene.expect(second).toMatchObject({ generation: 2, state: 'pending', input: '"again"' });
      scene.expect(await scene.store.findRun('a')).toEqual(second);
      scene.expect(await scene.store.findRun('a', 1)).toEqual(first);
      scene.expect(await scene.store.findRun('a', 2)).toEqual(second);
    });
  }
}

function restartClaims(claim: Claim): void {
  claim('restart: an open run is kept and the start refused', async (scene) => {
    const worker = await scene.worker();
    const pending = await scene.pending('pending');
    const running = await scene.owned(worker, 'running');
    const paused = await scene.owned(worker, 'paused');
    await scene.commit({ worker, runs: [pause(paused)] });
    for (const { id, number } of [pending, running, paused]) {
      for (const onConflict of ['restart', 'restartFailed'] as const) {
        const { starts } = await scene.commit({ starts: [runStart({ id, onConflict })] });
        scene.expect(starts).toMatchObject([{ created: false, run: { number } }]);
      }
    }
  });

  claim('restartFailed: only a failed or canceled run is followed by another', async (scene) => {
    for (const state of finalStates) {
      const first = await ended(scene, state, state);
      const { starts } = await scene.commit({
        starts: [runStart({ id: state, onConflict: 'restartFailed' })],
      });
      const isFollowed = state !== 'completed';
      scene.expect(only(starts).created).toBe(isFollowed);
      scene.expect(only(starts).run.generation).toBe(isFollowed ? 2 : 1);
      scene.expect(only(starts).run.number === first.number).toBe(!isFollowed);
    }
  });

  claim(
    'of two starts with one id in one batch the first wins, and the others are not harmed (S3)',
    async (scene) => {
      const { starts } = await scene.commit({
        starts: [
          runStart({ id: 'a', input: '1' }),
          runStart({ id: 'a', input: '2', onConflict: 'restart' }),
          runStart({ id: 'b', input: '3' }),
        ],
      });
      scene.expect(starts).toMatchObject([
        { created: true, run: { id: 'a', input: '1' } },
        { created: false, run: { id: 'a', input: '1' } },
        { created: true, run: { id: 'b', input: '3' } },
      ]);
      scene.expect((await scene.store.listRuns({})).map((run) => run.id)).toEqual(['b', 'a']);
    },
  );
}

function childClaims(claim: Claim): void {
  claim(
    'a start that finds its own child counts as created, also when the child has finished',
    async (scene) => {
      const parent = { run: (await scene.pending('parent')).number, operation: '/child:c#0' };
      const worker = await scene.worker();
      const child = await scene.owned(worker, 'child', { parent });
      for (const onConflict of ['refuse', 'restart', 'attach', 'restartFailed'] as const) {
        const { starts } = await scene.commit({ starts: [runStart({ id: 'child', parent, onConflict })] });
        scene.expect(starts).toEqual([{ created: true, run: child }]);
      }
      await scene.commit({ worker, runs: [finish(child, { state: 'failed' })] });
      const { starts } = await scene.commit({
        starts: [runStart({ id: 'child', parent, onConflict: 'restart' })],
      });
      scene.expect(starts).toEqual([{ created: true, run: await scene.run(child.number) }]);
    },
  );

  claim('the child of another operation or of another parent is no own child', async (scene) => {
    const parent = await scene.pending('parent');
    const other = await scene.pending('other');
    const link = { run: parent.number, operation: '/child:c#0' };
    await scene.pending('child', { parent: link });
    for (const stranger of [
      { ...link, operation: '/child:c#1' },
      { ...link, run: other.number },
    ]) {
      const { starts } = await scene.commit({ starts: [runStart({ id: 'child', parent: stranger })] });
      scene.expect(only(starts).created).toBe(false);
    }
  });

  claim('an own child is found also after somebody ran it once more under its id', async (scene) => {
    const link = { run: (await scene.pending('parent')).number, operation: '/child:c#0' };
    const worker = await scene.worker();
    const child = await scene.owned(worker, 'child', { parent: link });
    await scene.commit({ worker, runs: [finish(child, { state: 'failed' })] });
    await scene.pending('child', { onConflict: 'restart' });
    const { starts } = await scene.commit({ starts: [runStart({ id: 'child', parent: link })] });
    scene.expect(starts).toEqual([{ created: true, run: await scene.run(child.number) }]);
  });
}

function forkClaims(claim: Claim): void {
  claim(
    'a fork begins with a copy of the entries it does not drop, without a gap, and leaves its source alone',
    async (scene) => {
      const worker = await scene.worker();
      const source = await scene.owned(worker, 'a');
      const bytes = new Uint8Array([0, 255]);
      const entries = [
        entry(source.number, 0, { payload: bytes }),
        entry(source.number, 1),
        entry(source.number, 2),
      ];
      await scene.commit({ worker, entries });
      const fork = await scene.owned(worker, 'b', { fork: { run: source.number, drop: [1] } });
      const recorded = await scene.store.readJournal(source.number, 0, 10);
      scene
        .expect(await scene.store.readJournal(fork.number, 0, 10))
        .toEqual([recorded[0], { ...recorded[2], seq: 1 }]);
      await scene.commit({ worker, entries: [entry(fork.number, 2, { name: 'other' })] });
      scene.expect(await scene.journalNames(fork.number)).toEqual(['step 0', 'step 2', 'other']);
      scene.expect(await scene.journalNames(source.number)).toEqual(['step 0', 'step 1', 'step 2']);
    },
  );

  claim('a refused start copies nothing', async (scene) => {
    const worker = await scene.worker();
    const source = await scene.owned(worker, 'a');
    await scene.commit({ worker, entries: [entry(source.number, 0)] });
    const other = await scene.pending('b');
    await scene.pending('b', { fork: { run: source.number, drop: [] } });
    scene.expect(await scene.journalNames(other.number)).toEqual([]);
  });

  claim('a fork of a run that does not exist is refused whole', async (scene) => {
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ starts: [runStart({ id: 'a' }), runStart({ id: 'b', fork: { run: 77, drop: [] } })] }),
    );
  });
}

function changeClaims(claim: Claim): void {
  claim('a change leaves omitted fields as they are and clears those that are null', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, runs: [change(run, { status: 'counting 🧮', result: '"so far"' })] });
    await scene.commit({ worker, runs: [change(run, { at: startTime + 21 })] });
    scene.expect(await scene.run(run.number)).toEqual({
      ...run,
      status: 'counting 🧮',
      result: '"so far"',
      updatedAt: startTime + 21,
    });
    await scene.commit({ worker, runs: [change(run, { status: null, result: null })] });
    scene.expect(await scene.run(run.number)).toMatchObject({ status: null, result: null });
  });

  for (const state of finalStates) {
    claim(`a ${state} run keeps its result and its end, and is never opened again`, async (scene) => {
      const worker = await scene.worker();
      const run = await scene.owned(worker, 'a');
      await scene.commit({ worker, runs: [finish(run, { state, at: startTime + 50 })] });
      scene.expect(await scene.run(run.number)).toMatchObject({
        state,
        result: '"done"',
        wakeAt: null,
        startedAt: startTime,
        updatedAt: startTime + 50,
        endedAt: startTime + 50,
      });
      for (const again of [change(run), sleep(run), pause(run), finish(run)]) {
        await scene.expectRefused('TUTTI_STORE_FAILED', () => scene.commit({ worker, runs: [again] }));
      }
    });
  }

  claim('a change of a run that does not exist is refused whole', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, entries: [entry(run.number, 0)], runs: [change({ ...run, number: 77 })] }),
    );
  });

  claim('results may be text, bytes or a reference', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a', { input: new Uint8Array([1, 2, 3]) });
    scene.expect(run.input).toEqual(new Uint8Array([1, 2, 3]));
    for (const result of ['"x"', '@ab/c', new Uint8Array([0, 10, 255]), new Uint8Array(0), '']) {
      await scene.commit({ worker, runs: [change(run, { result })] });
      scene.expect((await scene.run(run.number)).result).toEqual(result);
    }
  });
}

function listClaims(claim: Claim): void {
  claim('lists are newest first and hold only what fits all conditions', async (scene) => {
    const worker = await scene.worker();
    const first = await scene.owned(worker, 'order-1');
    const second = await scene.pending('order-2', { definition: 'other' });
    const third = await scene.owned(worker, 'order-3', { parent: { run: first.number, operation: 'o' } });
    const fourth = await scene.pending('bill-1');
    await scene.commit({ worker, runs: [sleep(third)] });
    const list = async (filter: object): Promise<readonly number[]> =>
      (await scene.store.listRuns(filter)).map((run) => run.number);
    const numbers = [fourth.number, third.number, second.number, first.number];
    scene.expect(await list({})).toEqual(numbers);
    scene.expect(await list({ states: ['pending'] })).toEqual([fourth.number, second.number]);
    scene.expect(await list({ states: ['waiting', 'running'] })).toEqual([third.number, first.number]);
    scene.expect(await list({ definition: 'other' })).toEqual([second.number]);
    scene.expect(await list({ idPrefix: 'order-' })).toEqual(numbers.slice(1));
    scene.expect(await list({ parent: first.number })).toEqual([third.number]);
    scene.expect(await list({ states: ['pending'], idPrefix: 'order-' })).toEqual([second.number]);
    scene.expect(await list({ definition: 'greet', parent: second.number })).toEqual([]);
  });

  claim('a prefix is taken literally', async (scene) => {
    for (const id of ['a%b', 'a_b', 'axb', 'A_b', 'a\u{10FFFD}b']) await scene.pending(id);
    const list = async (idPrefix: string): Promise<readonly string[]> =>
      (await scene.store.listRuns({ idPrefix })).map((run) => run.id);
    scene.expect(await list('a%')).toEqual(['a%b']);
    scene.expect(await list('a_')).toEqual(['a_b']);
    scene.expect(await list('A')).toEqual(['A_b']);
    scene.expect((await list('a')).length).toBe(4);
    scene.expect((await list('')).length).toBe(5);
  });

  claim('pages join without gap or repetition, and hold 100 runs unless told otherwise', async (scene) => {
    const starts = Array.from({ length: 103 }, (_, index) => runStart({ id: `run-${index}` }));
    await scene.commit({ starts });
    const page = await scene.store.listRuns({});
    scene.expect(page.length).toBe(100);
    const rest = await scene.store.listRuns({ before: page.at(-1)?.number ?? 0, limit: 2 });
    const last = await scene.store.listRuns({ before: rest.at(-1)?.number ?? 0, limit: 2 });
    const ids = [...page, ...rest, ...last].map((run) => run.id);
    scene.expect(ids).toEqual(starts.map((start) => start.id).toReversed());
  });

  claim('runs are counted by state, with a zero for every state that none is in', async (scene) => {
    const worker = await scene.worker();
    const none = { pending: 0, running: 0, waiting: 0, paused: 0, completed: 0, failed: 0, canceled: 0 };
    scene.expect(await scene.store.countRuns()).toEqual(none);
    await scene.pending('pending');
    await scene.pending('asleep', { wakeAt: neverWakes });
    await scene.owned(worker, 'running');
    await scene.commit({ worker, runs: [sleep(await scene.owned(worker, 'waiting'))] });
    await scene.commit({ worker, runs: [pause(await scene.owned(worker, 'paused'))] });
    for (const state of finalStates) await ended(scene, state, state);
    scene.expect(await scene.store.countRuns()).toEqual({
      pending: 2,
      running: 1,
      waiting: 1,
      paused: 1,
      completed: 1,
      failed: 1,
      canceled: 1,
    });
  });
}
