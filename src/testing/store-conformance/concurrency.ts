import type { Store, WorkerNumber } from '../../engine/index.ts';
import { batch, entry, finish, runStart, send, startTime, wait } from './builders.ts';
import { dumpStore } from './dump-store.ts';
import { leaseMs, type Claim, type Scene } from './scene.ts';

/** Calls that overlap, on one handle and, where the store allows it, on two. */
export function concurrencyClaims(claim: Claim): void {
  oneHandleClaims(claim);
  twoHandleClaims(claim);
}

const runCount = 60;

function ids(): readonly string[] {
  return Array.from({ length: runCount }, (_, index) => `run-${String(index).padStart(3, '0')}`);
}

async function claimAll(store: Store, worker: WorkerNumber): Promise<readonly string[]> {
  const claimed: string[] = [];
  for (let found = 1; found > 0;) {
    const runs = await store.claim({ worker, now: startTime, runsMax: 7, definitions: ['greet'] });
    claimed.push(...runs.map((one) => one.run.id));
    found = runs.length;
  }
  return claimed;
}

async function expectDisjointClaims(scene: Scene, other: Store): Promise<void> {
  await scene.commit({ starts: ids().map((id) => runStart({ id })) });
  const [first, second] = [await scene.worker(), await scene.worker()];
  const claimed = await Promise.all([claimAll(scene.store, first), claimAll(other, second)]);
  scene.expect(claimed.flat().toSorted()).toEqual(ids());
  for (const [index, worker] of [first, second].entries()) {
    for (const id of claimed[index] ?? []) scene.expect((await scene.store.findRun(id))?.owner).toBe(worker);
  }
}

function oneHandleClaims(claim: Claim): void {
  claim('overlapping claims of two workers give each run to one of them (S4)', (scene) =>
    expectDisjointClaims(scene, scene.store),
  );

  claim('overlapping commits are all written, each whole', async (scene) => {
    const worker = await scene.worker();
    const commits = ids().map((id) =>
      scene.commit({ worker, starts: [runStart({ id, owner: worker }), runStart({ id: `${id}-b` })] }),
    );
    const results = await Promise.all(commits);
    const numbers = results.flatMap((result) => result.starts.map((start) => start.run.number));
    scene.expect(new Set(numbers).size).toBe(2 * runCount);
    await Promise.all(numbers.map((run) => scene.commit({ worker, entries: [entry(run, 0)] })));
    const lengths = (await dumpStore(scene.store)).runs.map((run) => run.journal.length);
    scene.expect(lengths).toEqual(numbers.map(() => 1));
  });

  claim('of overlapping starts with one id exactly one makes the run', async (scene) => {
    const starts = Array.from({ length: 20 }, () => scene.commit({ starts: [runStart({ id: 'a' })] }));
    const results = (await Promise.all(starts)).flatMap((result) => result.starts);
    scene.expect(results.filter((result) => result.created).length).toBe(1);
    scene.expect(new Set(results.map((result) => result.run.number)).size).toBe(1);
  });

  claim('of overlapping answers exactly one is accepted', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, waits: [wait(run.number, 'k')] });
    const answer = send(run.number, { kind: 'answer', name: 'k', onlyIfWaiting: 'k' });
    const results = (await Promise.all(Array.from({ length: 20 }, () => scene.send(answer)))).flat();
    scene.expect(results.filter((result) => result.outcome === 'accepted').length).toBe(1);
    scene.expect((await scene.store.listInbox(run.number)).length).toBe(1);
  });

  claim('a refused commit does not harm those that overlap it', async (scene) => {
    const worker = await scene.worker();
    const results = await Promise.allSettled([
      scene.commit({ worker, starts: [runStart({ id: 'a' })] }),
      scene.commit({ worker, starts: [runStart({ id: 'b' })], entries: [entry(77, 0)] }),
      scene.commit({ worker: 77, starts: [runStart({ id: 'c' })] }),
      scene.commit({ worker, starts: [runStart({ id: 'd' })] }),
    ]);
    const outcomes = ['fulfilled', 'rejected', 'rejected', 'fulfilled'];
    scene.expect(results.map((result) => result.status)).toEqual(outcomes);
    const kept = (await scene.store.listRuns({})).map((run) => run.id);
    scene.expect([...kept].toSorted()).toEqual(['a', 'd']);
  });
}

/** A claim about two handles on one store; nothing to be shown where the store allows only one. */
function claimOfTwo(claim: Claim, name: string, body: (scene: Scene, other: Store) => Promise<void>): void {
  claim(name, async (scene) => {
    const other = await scene.second();
    if (other !== null) await body(scene, other);
  });
}

function twoHandleClaims(claim: Claim): void {
  claimOfTwo(claim, 'two handles show one state', async (scene, other) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await other.commit(batch({ sends: [send(run.number)] }));
    await other.commit(batch({ worker, entries: [entry(run.number, 0)] }));
    scene.expect(await dumpStore(other)).toEqual(await dumpStore(scene.store));
    scene.expect((await scene.store.newMessages(worker, 0, 10)).length).toBe(1);
  });

  claimOfTwo(claim, 'claims through two handles give each run to one worker (S4)', expectDisjointClaims);

  claimOfTwo(
    claim,
    'a worker declared dead through one handle is fenced on the other (I2)',
    async (scene, other) => {
      const worker = await scene.worker();
      const run = await scene.owned(worker, 'a');
      scene.expect(await other.declareDead(startTime + leaseMs + 1)).toEqual([worker]);
      await scene.expectRefused('TUTTI_OWNER_LOST', () => scene.commit({ worker, runs: [finish(run)] }));
    },
  );

  claimOfTwo(claim, 'overlapping starts through two handles get different numbers', async (scene, other) => {
    const starting = ids().map((id, index) =>
      (index % 2 === 0 ? scene.store : other).commit(batch({ starts: [runStart({ id })] })),
    );
    const results = (await Promise.all(starting)).flatMap((result) => result.starts);
    scene.expect(results.every((result) => result.created)).toBe(true);
    scene.expect(new Set(results.map((result) => result.run.number)).size).toBe(runCount);
  });

  claimOfTwo(claim, 'a commit through one handle is heard on the other', async (scene, other) => {
    const heard = new Promise<void>((resolve) => {
      const stop = scene.store.onForeignCommit(() => {
        stop();
        resolve();
      });
    });
    await other.commit(batch({ starts: [runStart({ id: 'a' })] }));
    await heard;
  });

  claimOfTwo(claim, 'closing one handle leaves the other open', async (scene, other) => {
    await other.close();
    scene.expect((await scene.pending('a')).generation).toBe(1);
  });
}
