import { absentCell } from '../../engine/index.ts';
import { batch, cell, entry, finish, guarded, runStart, send } from './builders.ts';
import { only, type Claim, type Scene } from './scene.ts';

/** Guarded groups: written whole if all their conditions hold, else nothing of them, and nobody else is harmed (S3). */
export function guardedClaims(claim: Claim): void {
  judgingClaims(claim);
  openRunClaims(claim);
  neighbourClaims(claim);

  claim('a group writes its cells, starts its runs and sends its messages', async (scene) => {
    const target = await scene.pending('a', { wakeAt: Number.MAX_SAFE_INTEGER });
    const group = guarded({
      when: [{ space: 'clock', key: 'k', version: absentCell }],
      cells: [cell('k', '1'), cell('l', null)],
      starts: [runStart({ id: 'b' }), runStart({ id: 'a' })],
      sends: [send(target.number, { kind: 'resume' }), send(9999)],
    });
    const result = only((await scene.commit({ guarded: [group] })).guarded);
    const { store, expect } = scene;
    const stored = await store.getCell('clock', 'k');
    expect(result).toMatchObject({
      applied: true,
      versions: [stored?.version, absentCell],
      starts: [{ created: true }, { created: false }],
      sends: [{ outcome: 'accepted' }, { outcome: 'unknown' }],
    });
    expect(result.starts[0]?.run).toEqual(await store.findRun('b'));
    expect((await scene.run(target.number)).wakeAt).toBe(0);
    expect((await store.listInbox(target.number)).length).toBe(1);
  });

  claim('a worker starts runs of its own in a group', async (scene) => {
    const worker = await scene.worker();
    const starts = [runStart({ id: 'a', owner: worker })];
    const { guarded: results } = await scene.commit({ worker, guarded: [guarded({ starts })] });
    scene.expect(results[0]?.starts[0]?.run.owner).toBe(worker);
  });

  claim('a group that writes a journal or forks one is refused', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const journal = { accepted: entry(run.number, 0), refused: entry(run.number, 0) };
    const journaling = runStart({ id: 'b', journal });
    const sending = send(run.number, { journal });
    const forking = runStart({ id: 'b', fork: { run: run.number, drop: [] } });
    const groups = [{ starts: [journaling] }, { sends: [sending] }, { starts: [forking] }];
    for (const parts of groups) {
      await scene.expectRefused('TUTTI_STORE_FAILED', () =>
        scene.commit({ worker, guarded: [guarded(parts)] }),
      );
    }
  });
}

function judgingClaims(claim: Claim): void {
  claim('a condition holds only for the very version, or for a cell that is not there', async (scene) => {
    await scene.commit({ cells: [cell('k', '1')] });
    const version = (await scene.store.getCell('clock', 'k'))?.version ?? 0;
    const applied = async (key: string, expected: number): Promise<boolean | undefined> => {
      const group = guarded({ when: [{ space: 'clock', key, version: expected }] });
      return (await scene.commit({ guarded: [group] })).guarded[0]?.applied;
    };
    scene.expect(await applied('k', version)).toBe(true);
    scene.expect(await applied('k', version + 1)).toBe(false);
    scene.expect(await applied('k', absentCell)).toBe(false);
    scene.expect(await applied('l', absentCell)).toBe(true);
    scene.expect(await applied('l', version)).toBe(false);
  });

  claim('one condition that does not hold keeps the whole group out', async (scene) => {
    const target = await scene.pending('a');
    await scene.commit({ cells: [cell('k', '1')] });
    const k = { space: 'clock', key: 'k', version: (await scene.store.getCell('clock', 'k'))?.version ?? 0 };
    const group = guarded({
      when: [k, { space: 'clock', key: 'l', version: 77 }],
      cells: [cell('k', null), cell('m', '1')],
      starts: [runStart({ id: 'b' })],
      sends: [send(target.number)],
    });
    const { guarded: results } = await scene.commit({ guarded: [group] });
    scene.expect(results).toEqual([{ applied: false, versions: [], starts: [], sends: [], appends: [] }]);
    scene.expect((await scene.store.listCells('clock')).map((found) => found.key)).toEqual(['k']);
    scene.expect(await scene.store.findRun('b')).toBe(null);
    scene.expect(await scene.store.listInbox(target.number)).toEqual([]);
  });

  claim('of two groups on one version in one batch the first is applied', async (scene) => {
    const { store, expect } = scene;
    const results = await race(scene, [store]);
    expect(results).toEqual([true, false, false]);
    expect((await store.getCell('clock', 'k'))?.value).toBe('0');
  });

  claim('of groups on one version through several handles one is applied', async (scene) => {
    const second = await scene.second();
    const results = await race(scene, second === null ? [scene.store] : [scene.store, second]);
    scene.expect(results.filter(Boolean).length).toBe(1);
  });

  claim('a group sees the cells that the batch wrote before it', async (scene) => {
    await scene.commit({ cells: [cell('k', '1')] });
    const version = (await scene.store.getCell('clock', 'k'))?.version ?? 0;
    const group = guarded({ when: [{ space: 'clock', key: 'k', version }], cells: [cell('l', '1')] });
    const { guarded: results } = await scene.commit({ cells: [cell('k', '2')], guarded: [group] });
    scene.expect(results[0]?.applied).toBe(false);
  });
}

function openRunClaims(claim: Claim): void {
  claim(
    'a group that needs an open run is kept out by one that has ended, or was never there',
    async (scene) => {
      const worker = await scene.worker();
      const open = await scene.owned(worker, 'a');
      const ended = await scene.owned(worker, 'b');
      await scene.commit({ worker, runs: [finish(ended)] });
      const applied = async (...whenOpen: readonly number[]): Promise<boolean | undefined> =>
        (await scene.commit({ guarded: [guarded({ whenOpen, cells: [cell('k', '1')] })] })).guarded[0]
          ?.applied;
      scene.expect(await applied(open.number)).toBe(true);
      scene.expect(await applied(open.number, ended.number)).toBe(false);
      scene.expect(await applied(9999)).toBe(false);
    },
  );

  claim('a group that needs an open run is kept out by one that ends in the same batch', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const group = guarded({ whenOpen: [run.number], sends: [send(run.number)] });
    const unbound = guarded({ cells: [cell('k', '1')] });
    const result = await scene.commit({ worker, guarded: [group, unbound], runs: [finish(run)] });
    scene.expect(result.guarded.map(({ applied }) => applied)).toEqual([false, true]);
  });
}

function neighbourClaims(claim: Claim): void {
  claim('a group that is not applied does not harm the others of its batch (S3)', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const unfit = guarded({ when: [{ space: 'clock', key: 'k', version: 77 }], cells: [cell('k', '1')] });
    const result = await scene.commit({
      worker,
      starts: [runStart({ id: 'b' })],
      cells: [cell('l', '1')],
      guarded: [unfit, guarded({ cells: [cell('m', '1')] })],
      entries: [entry(run.number, 0)],
      runs: [finish(run)],
    });
    scene.expect(result.guarded.map((group) => group.applied)).toEqual([false, true]);
    scene.expect(result.starts[0]?.created).toBe(true);
    scene.expect((await scene.store.listCells('clock')).map((found) => found.key)).toEqual(['l', 'm']);
    scene.expect(await scene.journalNames(run.number)).toEqual(['step 0']);
  });

  claim('a fault elsewhere in the batch undoes an applied group (S1)', async (scene) => {
    const worker = await scene.worker();
    const group = guarded({ cells: [cell('k', '1')], starts: [runStart({ id: 'b' })] });
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, guarded: [group], entries: [entry(77, 0)] }),
    );
  });
}

/** Three groups that all want to be the first to write one cell, through the given handles in turn. */
async function race(scene: Scene, stores: readonly Scene['store'][]): Promise<readonly boolean[]> {
  const groups = [0, 1, 2].map((index) =>
    guarded({ when: [{ space: 'clock', key: 'k', version: absentCell }], cells: [cell('k', `${index}`)] }),
  );
  if (stores.length === 1)
    return (await scene.commit({ guarded: groups })).guarded.map((group) => group.applied);
  const commits = groups.map((group, index) =>
    (stores[index % stores.length] ?? scene.store).commit(batch({ guarded: [group] })),
  );
  return (await Promise.all(commits)).flatMap((result) => result.guarded.map((group) => group.applied));
}
