import { neverWakes, type ClaimedRun } from '../../engine/index.ts';
import { change, entry, finish, pause, runStart, send, sleep, startTime, wait } from './builders.ts';
import { leaseMs, only, type Claim } from './scene.ts';

/** Claims: who gets which run, when, and with what. */
export function claimClaims(claim: Claim): void {
  contentClaims(claim);
  choiceClaims(claim);
  ownerClaims(claim);
  nextWakeClaims(claim);
}

const afterLease = startTime + leaseMs + 1;

function contentClaims(claim: Claim): void {
  claim('a claimed run comes with all it needs to go on (S4)', async (scene) => {
    const worker = await scene.worker();
    const [run, other] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const waits = [wait(run.number, 'k'), wait(run.number, 'l', { detail: new Uint8Array([1]) })];
    const entries = Array.from({ length: 250 }, (_, seq) => entry(run.number, seq));
    const foreign = { entries: [entry(other.number, 0)], waits: [wait(other.number, 'm')] };
    await scene.commit({
      worker,
      entries: [...entries, ...foreign.entries],
      waits: [...waits, ...foreign.waits],
      runs: [sleep(run, { status: 'waiting for go' })],
    });
    await scene.send(
      send(run.number, { payload: '1' }),
      send(other.number),
      send(run.number, { payload: '2' }),
    );
    const second = await scene.worker();
    const before = await scene.run(run.number);
    const expected: ClaimedRun = {
      run: { ...before, state: 'running', owner: second, wakeAt: 0, updatedAt: startTime + 70 },
      journal: await scene.store.readJournal(run.number, 0, 1000),
      inbox: await scene.store.listInbox(run.number),
      waits,
    };
    scene.expect(expected.journal.length).toBe(250);
    scene.expect(await scene.claim(second, { now: startTime + 70 })).toEqual([expected]);
    scene.expect(await scene.run(run.number)).toEqual(expected.run);
  });

  claim('the first claim of a pending run is its start, a later one is not', async (scene) => {
    const worker = await scene.worker();
    await scene.pending('a');
    const first = only(await scene.claim(worker, { now: startTime + 5 })).run;
    scene
      .expect(first)
      .toMatchObject({ startedAt: startTime + 5, updatedAt: startTime + 5, createdAt: startTime });
    await scene.commit({ worker, runs: [sleep(first, { wakeAt: startTime + 30 })] });
    const second = only(await scene.claim(worker, { now: startTime + 40 })).run;
    scene.expect(second).toMatchObject({ startedAt: startTime + 5, updatedAt: startTime + 40 });
  });
}

function choiceClaims(claim: Claim): void {
  claim('the run that was due first comes first', async (scene) => {
    const worker = await scene.worker();
    const dueAt = { late: startTime - 1, early: startTime - 9, now: 0, later: startTime + 1 };
    for (const [id, wakeAt] of Object.entries(dueAt)) await scene.pending(id, { wakeAt });
    scene.expect(await scene.claimedIds(worker)).toEqual(['now', 'early', 'late']);
    scene.expect(await scene.claimedIds(worker, { now: startTime + 1 })).toEqual(['later']);
  });

  claim('of runs that are due at one time the older comes first', async (scene) => {
    const worker = await scene.worker();
    for (const id of ['b', 'c', 'a']) await scene.pending(id);
    scene.expect(await scene.claimedIds(worker)).toEqual(['b', 'c', 'a']);
  });

  claim('a claim gives no more runs than asked for, and the next one goes on after them', async (scene) => {
    const worker = await scene.worker();
    await scene.commit({ starts: ['a', 'b', 'c', 'd', 'e'].map((id) => runStart({ id })) });
    scene.expect(await scene.claimedIds(worker, { runsMax: 0 })).toEqual([]);
    scene.expect(await scene.claimedIds(worker, { runsMax: 2 })).toEqual(['a', 'b']);
    scene.expect(await scene.claimedIds(await scene.worker(), { runsMax: 2 })).toEqual(['c', 'd']);
    scene.expect(await scene.claimedIds(worker, { runsMax: 2 })).toEqual(['e']);
    scene.expect(await scene.claimedIds(worker, { runsMax: 2 })).toEqual([]);
  });

  claim('only runs of the named definitions are claimed, in one order over all of them', async (scene) => {
    const worker = await scene.worker();
    await scene.pending('a', { definition: 'one', wakeAt: startTime - 1 });
    await scene.pending('b', { definition: 'two', wakeAt: startTime - 3 });
    await scene.pending('c', { definition: 'one', wakeAt: startTime - 2 });
    await scene.pending('d', { definition: 'three' });
    scene.expect(await scene.claimedIds(worker, { definitions: [] })).toEqual([]);
    scene.expect(await scene.claimedIds(worker, { definitions: ['four'] })).toEqual([]);
    scene.expect(await scene.claimedIds(worker, { definitions: ['one', 'two'] })).toEqual(['b', 'c', 'a']);
    scene.expect(await scene.claimedIds(worker, { definitions: ['three', 'three'] })).toEqual(['d']);
  });

  claim('a paused, finished or sleeping run is never claimed, however late it is', async (scene) => {
    const worker = await scene.worker();
    const [a, b, c] = [
      await scene.owned(worker, 'a'),
      await scene.owned(worker, 'b'),
      await scene.owned(worker, 'c'),
    ];
    await scene.commit({ worker, runs: [pause(a, { wakeAt: 0 }), finish(b), sleep(c)] });
    await scene.pending('d', { wakeAt: neverWakes });
    scene.expect(await scene.claimedIds(worker, { now: startTime + 1e12 })).toEqual([]);
  });
}

function ownerClaims(claim: Claim): void {
  claim(
    'a run with a living owner is not claimed, even after its lease, until somebody declares it dead',
    async (scene) => {
      const owner = await scene.worker();
      const other = await scene.worker({ leaseUntil: afterLease + leaseMs });
      await scene.owned(owner, 'a');
      scene.expect(await scene.claimedIds(other, { now: afterLease })).toEqual([]);
      await scene.store.declareDead(afterLease);
      scene.expect(await scene.claimedIds(other, { now: afterLease })).toEqual(['a']);
    },
  );

  claim('the runs of a dead worker become claimable with their own wakeAt (I5)', async (scene) => {
    const owner = await scene.worker();
    const other = await scene.worker({ leaseUntil: afterLease + leaseMs });
    const names = ['running', 'timer', 'message', 'paused', 'finished'];
    const runs = await Promise.all(names.map((id) => scene.owned(owner, id)));
    const [, timer, message, paused, finished] = runs;
    if (!timer || !message || !paused || !finished) return;
    const waiting = { state: 'waiting', owner } as const;
    await scene.commit({
      worker: owner,
      runs: [
        change(timer, { ...waiting, wakeAt: afterLease + 50 }),
        change(message, { ...waiting, wakeAt: neverWakes }),
        change(paused, { state: 'paused', wakeAt: neverWakes }),
        finish(finished, { owner }),
      ],
    });
    await scene.store.declareDead(afterLease);
    scene.expect(await scene.claimedIds(other, { now: afterLease })).toEqual(['running']);
    scene.expect(await scene.store.nextWake(['greet'])).toBe(afterLease + 50);
    scene.expect(await scene.claimedIds(other, { now: afterLease + 50 })).toEqual(['timer']);
    await scene.send(send(message.number), send(paused.number, { kind: 'resume' }));
    scene.expect(await scene.claimedIds(other, { now: afterLease + 50 })).toEqual(['message', 'paused']);
  });

  claim('the runs of a worker that said goodbye are claimable at once', async (scene) => {
    const [owner, other] = [await scene.worker(), await scene.worker()];
    await scene.owned(owner, 'a');
    await scene.store.retireWorker(owner);
    scene.expect(await scene.claimedIds(other)).toEqual(['a']);
  });

  claim('a run can be claimed from one dead worker after the other', async (scene) => {
    await scene.pending('a');
    for (let turn = 0; turn < 5; turn += 1) {
      const worker = await scene.worker();
      scene.expect(await scene.claimedIds(worker)).toEqual(['a']);
      await scene.store.declareDead(afterLease);
    }
  });
}

function nextWakeClaims(claim: Claim): void {
  claim('the next wake-up is the earliest among free runs of the definitions', async (scene) => {
    const { store, expect } = scene;
    const worker = await scene.worker();
    expect(await store.nextWake(['greet'])).toBe(null);
    await scene.owned(worker, 'owned');
    expect(await store.nextWake(['greet'])).toBe(null);
    await scene.pending('b', { wakeAt: startTime + 50 });
    await scene.pending('c', { wakeAt: startTime + 40, definition: 'other' });
    await scene.pending('d', { wakeAt: startTime + 60 });
    expect(await store.nextWake(['greet'])).toBe(startTime + 50);
    expect(await store.nextWake(['greet', 'other'])).toBe(startTime + 40);
    expect(await store.nextWake(['third'])).toBe(null);
    expect(await store.nextWake([])).toBe(null);
    await scene.pending('e');
    expect(await store.nextWake(['greet'])).toBe(0);
  });

  claim('runs that no time wakes have no next wake-up', async (scene) => {
    const worker = await scene.worker();
    const [a, b, c] = [
      await scene.owned(worker, 'a'),
      await scene.owned(worker, 'b'),
      await scene.owned(worker, 'c'),
    ];
    await scene.commit({ worker, runs: [sleep(a), pause(b, { wakeAt: 0 }), finish(c)] });
    scene.expect(await scene.store.nextWake(['greet'])).toBe(null);
  });
}
