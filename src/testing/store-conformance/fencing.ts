import type { CommitBatch, WorkerNumber } from '../../engine/index.ts';
import {
  cell,
  change,
  entry,
  finish,
  guarded,
  line,
  release,
  request,
  runStart,
  send,
  sleep,
  startTime,
  wait,
} from './builders.ts';
import { leaseMs, type Claim, type Scene } from './scene.ts';

/** How a worker comes to be no longer alive, or never was. */
const waysToBeGone: Readonly<Record<string, (scene: Scene, worker: WorkerNumber) => Promise<WorkerNumber>>> =
  {
    'was declared dead': async (scene, worker) => {
      await scene.store.declareDead(startTime + leaseMs + 1);
      return worker;
    },
    'said goodbye': async (scene, worker) => {
      await scene.store.retireWorker(worker);
      return worker;
    },
    'never registered': async (_scene, worker) => worker + 1000,
  };

/** The fence: whoever is not alive writes nothing (S2, I2). */
export function fencingClaims(claim: Claim): void {
  ownerClaims(claim);
  for (const [way, leave] of Object.entries(waysToBeGone)) {
    claim(`a worker that ${way} cannot write anything`, async (scene) => {
      const owner = await scene.worker();
      const run = await scene.owned(owner, 'a');
      const other = await scene.pending('b');
      const message = (await scene.send(send(run.number)))[0]?.id ?? 0;
      const worker = await leave(scene, owner);
      const writes: readonly Partial<CommitBatch>[] = [
        {},
        { starts: [runStart({ id: 'c' })] },
        { starts: [runStart({ id: 'c', owner: worker })] },
        { sends: [send(other.number)] },
        { entries: [entry(run.number, 0)] },
        { waits: [wait(run.number, 'k')] },
        { endedWaits: [{ run: run.number, key: 'k' }] },
        { consumed: [message] },
        { runs: [change(run)] },
        { runs: [sleep(run)] },
        { runs: [finish(run)] },
        { cells: [cell('k', '1')] },
        { logs: [line(run.number, 'late')] },
        { slots: [request(run.number, 'k')] },
        { slots: [release(run.number, 'k')] },
        { slots: [{ kind: 'limit', pool: 'db', limit: 1, at: startTime }] },
        { guarded: [guarded({ cells: [cell('k', '1')] })] },
        { starts: [runStart({ id: 'c' })], entries: [entry(run.number, 0)], runs: [finish(run)] },
      ];
      for (const write of writes) {
        await scene.expectRefused('TUTTI_OWNER_LOST', () => scene.commit({ worker, ...write }));
      }
    });

    claim(`a worker that ${way} cannot claim anything`, async (scene) => {
      await scene.pending('a');
      const worker = await leave(scene, await scene.worker());
      await scene.expectRefused('TUTTI_OWNER_LOST', () => scene.claim(worker));
      await scene.expectRefused('TUTTI_OWNER_LOST', () => scene.claim(worker, { definitions: ['none'] }));
    });
  }
}

function ownerClaims(claim: Claim): void {
  claim('a late write of a dead owner cannot follow that of the new one (I2)', async (scene) => {
    const old = await scene.worker();
    const run = await scene.owned(old, 'a');
    await scene.store.declareDead(startTime + leaseMs + 1);
    const next = await scene.worker();
    await scene.claim(next);
    await scene.commit({ worker: next, entries: [entry(run.number, 0, { name: 'new' })] });
    await scene.expectRefused('TUTTI_OWNER_LOST', () =>
      scene.commit({ worker: old, entries: [entry(run.number, 1, { name: 'old' })], runs: [finish(run)] }),
    );
    scene.expect(await scene.journalNames(run.number)).toEqual(['new']);
    scene.expect((await scene.run(run.number)).owner).toBe(next);
  });

  claim('a worker whose lease has passed may write until somebody declares it dead', async (scene) => {
    const worker = await scene.worker({ leaseUntil: startTime - 1 });
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, entries: [entry(run.number, 0, { at: startTime + leaseMs })] });
    scene.expect(await scene.journalNames(run.number)).toEqual(['step 0']);
  });

  claim(
    'a client may only start runs for nobody, send messages, write cells and set limits of pools',
    async (scene) => {
      const worker = await scene.worker();
      const run = await scene.owned(worker, 'a');
      const forms = { accepted: entry(run.number, 0), refused: entry(run.number, 0) };
      const writes: readonly Partial<CommitBatch>[] = [
        { starts: [runStart({ id: 'b', owner: worker })] },
        { starts: [runStart({ id: 'b', journal: forms })] },
        { sends: [send(run.number, { journal: forms })] },
        { entries: [entry(run.number, 0)] },
        { waits: [wait(run.number, 'k')] },
        { endedWaits: [{ run: run.number, key: 'k' }] },
        { consumed: [1] },
        { runs: [finish(run)] },
        { guarded: [guarded({ starts: [runStart({ id: 'b', owner: worker })] })] },
        { slots: [request(run.number, 'k')] },
        { logs: [line(run.number, 'text')] },
        { slots: [release(run.number, 'k')] },
      ];
      for (const write of writes) {
        await scene.expectRefused('TUTTI_STORE_FAILED', () =>
          scene.commit({ starts: [runStart({ id: 'c' })], ...write }),
        );
      }
    },
  );
}
