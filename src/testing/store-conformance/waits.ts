import { neverWakes, waitKinds } from '../../engine/index.ts';
import { entry, finish, sleep, startTime, wait } from './builders.ts';
import type { Claim } from './scene.ts';

/** Waits: everything that waits says what for (I7). */
export function waitClaims(claim: Claim): void {
  waitListClaims(claim);
  newWaitClaims(claim);
  claim('a wait is read back with every field it was given', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const details = [null, '{"form":"ja"}', '@run/form', new Uint8Array([0, 255])];
    const waits = waitKinds.map((kind, index) =>
      wait(run.number, `/${kind}:ü#${index}`, {
        kind,
        name: `näme ${index}`,
        since: startTime + index,
        deadline: index % 2 === 0 ? null : startTime + 1000 + index,
        detail: details[index % details.length] ?? null,
      }),
    );
    await scene.commit({ worker, waits });
    scene.expect(await scene.store.listWaits({ run: run.number })).toEqual(waits);
  });

  claim('a wait replaces the one with its key', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, waits: [wait(run.number, 'k', { deadline: startTime, detail: '1' })] });
    const second = wait(run.number, 'k', { kind: 'retry', name: 'other' });
    await scene.commit({ worker, waits: [second] });
    scene.expect(await scene.store.listWaits({})).toEqual([second]);
  });

  claim('only the named wait ends, and ending it again does no harm', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const waits = [wait(a.number, 'k'), wait(a.number, 'l'), wait(b.number, 'k')];
    await scene.commit({ worker, waits });
    const endedWaits = [{ run: a.number, key: 'k' }];
    await scene.commit({ worker, endedWaits });
    await scene.commit({ worker, endedWaits });
    scene.expect(await scene.store.listWaits({})).toEqual(waits.slice(1));
  });

  claim('a wait that begins and ends in one batch is over', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const waits = [wait(run.number, 'k')];
    await scene.commit({ worker, waits, endedWaits: [{ run: run.number, key: 'k' }] });
    scene.expect(await scene.store.listWaits({})).toEqual([]);
  });
}

function waitListClaims(claim: Claim): void {
  claim('waits are listed by run and by kind, longest waiting first', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const late = wait(a.number, 'x', { kind: 'approval', since: startTime + 9 });
    const early = wait(b.number, 'y', { kind: 'approval', since: startTime + 1 });
    const signal = wait(a.number, 'z', { since: startTime + 2 });
    const sameTime = wait(b.number, 'a', { since: startTime + 2 });
    await scene.commit({ worker, waits: [late, early, sameTime, signal] });
    const { store, expect } = scene;
    expect(await store.listWaits({})).toEqual([early, signal, sameTime, late]);
    expect(await store.listWaits({ run: a.number })).toEqual([signal, late]);
    expect(await store.listWaits({ kind: 'approval' })).toEqual([early, late]);
    expect(await store.listWaits({ run: a.number, kind: 'approval' })).toEqual([late]);
    expect(await store.listWaits({ limit: 2 })).toEqual([early, signal]);
    expect(await store.listWaits({ run: 77 })).toEqual([]);
  });

  claim('without a limit all waits are listed', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const waits = Array.from({ length: 150 }, (_, index) => wait(run.number, `k${index}`));
    await scene.commit({ worker, waits });
    scene.expect((await scene.store.listWaits({})).length).toBe(150);
    scene.expect((await scene.store.listWaits({ run: run.number })).length).toBe(150);
  });

  claim('the end of a run ends its waits and no others, also those of the same batch', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const kept = wait(b.number, 'k');
    await scene.commit({ worker, waits: [wait(a.number, 'k'), kept] });
    await scene.commit({ worker, waits: [wait(a.number, 'l')], runs: [finish(a)] });
    scene.expect(await scene.store.listWaits({})).toEqual([kept]);
  });

  claim('waits stay while the run sleeps', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const waits = [wait(run.number, 'k')];
    await scene.commit({ worker, waits, runs: [sleep(run, { wakeAt: neverWakes })] });
    scene.expect(await scene.store.listWaits({ run: run.number })).toEqual(waits);
  });

  claim('a wait of a run that does not exist refuses the whole batch', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, entries: [entry(run.number, 0)], waits: [wait(77, 'k')] }),
    );
  });
}

function newWaitClaims(claim: Claim): void {
  claim(
    'new waits for events are given in the order in which they were stored, behind a mark',
    async (scene) => {
      const { store, expect } = scene;
      const worker = await scene.worker();
      const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
      expect(await store.newEventWaits(0, 9)).toEqual({ waits: [], mark: 0 });
      const late = wait(b.number, 'x', { kind: 'event', since: startTime + 9 });
      const early = wait(a.number, 'y', { kind: 'event', since: startTime + 1, detail: new Uint8Array([7]) });
      const third = wait(a.number, 'a', { kind: 'event' });
      await scene.commit({ worker, waits: [late, wait(a.number, 'k'), early] });
      await scene.commit({ worker, waits: [third] });
      const first = await store.newEventWaits(0, 2);
      expect(first.waits).toEqual([late, early]);
      const second = await store.newEventWaits(first.mark, 2);
      expect(second.waits).toEqual([third]);
      expect(await store.newEventWaits(second.mark, 2)).toEqual({ waits: [], mark: second.mark });
    },
  );

  claim('a wait for an event that is over is not new, and one that is stored again is', async (scene) => {
    const { store, expect } = scene;
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const [over, again, other] = ['k', 'l', 'm'].map((key) => wait(a.number, key, { kind: 'event' }));
    if (over === undefined || again === undefined || other === undefined) return;
    const ofEnded = wait(b.number, 'k', { kind: 'event' });
    await scene.commit({ worker, waits: [over, again, other, ofEnded] });
    const { mark } = await store.newEventWaits(0, 9);
    const timer = { ...other, kind: 'timer' } as const;
    await scene.commit({ worker, endedWaits: [over], waits: [{ ...again, name: 'anew' }, timer] });
    await scene.commit({ worker, runs: [finish(b)] });
    expect((await store.newEventWaits(0, 9)).waits).toEqual([{ ...again, name: 'anew' }]);
    expect((await store.newEventWaits(mark, 9)).waits).toEqual([{ ...again, name: 'anew' }]);
  });
}
