import { cell, finish, startTime } from './builders.ts';
import { dumpStore } from './dump-store.ts';
import type { Claim } from './scene.ts';

/** Cells: values by space and key, with versions that are never given twice. */
export function cellClaims(claim: Claim): void {
  versionClaims(claim);
  listClaims(claim);

  claim('a cell holds what was written last, in any form of a payload', async (scene) => {
    const { store, expect } = scene;
    expect(await store.getCell('clock', 'k')).toBe(null);
    for (const value of ['1', '"ü"', '', '@a/ref', new Uint8Array([0, 255])]) {
      await scene.commit({ cells: [cell('k', '0'), cell('k', value)] });
      expect((await store.getCell('clock', 'k'))?.value).toEqual(value);
    }
    expect(await store.getCell('other', 'k')).toBe(null);
  });

  claim('null deletes a cell; deleting one that is not there does nothing', async (scene) => {
    await scene.commit({ cells: [cell('k', '1')] });
    await scene.commit({ cells: [cell('k', null), cell('l', null)] });
    scene.expect(await scene.store.getCell('clock', 'k')).toBe(null);
    scene.expect(await scene.store.listCellSpaces()).toEqual([]);
  });

  claim('a worker writes cells together with what its runs do', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, cells: [cell('k', '1')], runs: [finish(run)] });
    scene.expect((await scene.store.getCell('clock', 'k'))?.value).toBe('1');
  });

  claim('cells outlive the runs that wrote them', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, cells: [cell('k', '1')], runs: [finish(run)] });
    const before = (await dumpStore(scene.store)).cells;
    await scene.store.prune({ endedBefore: startTime * 2, runsMax: 10 });
    scene.expect((await dumpStore(scene.store)).cells).toEqual(before);
  });
}

function versionClaims(claim: Claim): void {
  claim('the version grows with every write, also when the value is the same', async (scene) => {
    const versions: number[] = [];
    for (const value of ['1', '1', '2']) {
      await scene.commit({ cells: [cell('k', value)] });
      versions.push((await scene.store.getCell('clock', 'k'))?.version ?? 0);
    }
    scene.expect(versions.every((version, index) => version > (versions[index - 1] ?? 0))).toBe(true);
  });

  claim('a cell that was deleted and written again has another version than ever before', async (scene) => {
    await scene.commit({ cells: [cell('k', '1'), cell('l', '1')] });
    const first = (await scene.store.getCell('clock', 'k'))?.version ?? 0;
    await scene.commit({ cells: [cell('k', null), cell('l', null)] });
    await scene.reopen();
    await scene.commit({ cells: [cell('k', '1')] });
    scene.expect(((await scene.store.getCell('clock', 'k'))?.version ?? 0) > first).toBe(true);
  });
}

function listClaims(claim: Claim): void {
  claim('a space is listed in the order of its keys, by code point, page by page', async (scene) => {
    const { store, expect } = scene;
    const keys = ['b', 'a', '', 'ab', 'ä', '\u{1F600}', '\uFF21', 'a%'];
    await scene.commit({ cells: keys.map((key) => cell(key, '1')) });
    await scene.commit({ cells: [cell('a', '1', 'other')] });
    const inOrder = ['', 'a', 'a%', 'ab', 'b', 'ä', '\uFF21', '\u{1F600}'];
    const list = async (filter: Parameters<typeof store.listCells>[1]): Promise<readonly string[]> =>
      (await store.listCells('clock', filter)).map((found) => found.key);
    expect(await list({})).toEqual(inOrder);
    expect(await list({ limit: 3 })).toEqual(inOrder.slice(0, 3));
    expect(await list({ limit: 3, after: 'a%' })).toEqual(inOrder.slice(3, 6));
    expect(await list({ after: '\u{1F600}' })).toEqual([]);
    expect(await list({ prefix: 'a' })).toEqual(['a', 'a%', 'ab']);
    expect(await list({ prefix: 'a', after: 'a%' })).toEqual(['ab']);
    expect(await list({ prefix: 'a', after: '' })).toEqual(['a', 'a%', 'ab']);
    expect(await list({ prefix: 'a', after: 'b' })).toEqual([]);
    expect(await list({ limit: 0 })).toEqual([]);
    expect(await store.listCellSpaces()).toEqual(['clock', 'other']);
  });

  claim('a list without a limit holds a hundred cells', async (scene) => {
    const keys = Array.from({ length: 101 }, (_, index) => `k${index}`);
    await scene.commit({ cells: keys.map((key) => cell(key, '1')) });
    scene.expect((await scene.store.listCells('clock')).length).toBe(100);
  });
}
