import {
  cell,
  change,
  entry,
  finish,
  guarded,
  request,
  runStart,
  send,
  sleep,
  startTime,
  wait,
  line,
} from './builders.ts';
import { dumpStore } from './dump-store.ts';
import type { Claim, Scene } from './scene.ts';

/** Batches: whole or not at all, kept for good, and out of everybody's reach. */
export function transactionClaims(claim: Claim): void {
  durabilityClaims(claim);
  isolationClaims(claim);
  wholeClaims(claim);

  claim('after a refused batch the store works on', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, starts: [runStart({ id: 'b' })], entries: [entry(77, 0)] }),
    );
    await scene.commit({ worker, starts: [runStart({ id: 'b' })], entries: [entry(run.number, 0)] });
    scene.expect(await scene.journalNames(run.number)).toEqual(['step 0']);
    scene.expect((await scene.store.findRun('b'))?.generation).toBe(1);
  });

  claim('an empty batch is written by anyone and changes nothing', async (scene) => {
    const worker = await scene.worker();
    await scene.pending('a');
    const before = await dumpStore(scene.store);
    scene
      .expect(await scene.commit({}))
      .toEqual({ starts: [], sends: [], appends: [], guarded: [], slots: [] });
    scene
      .expect(await scene.commit({ worker }))
      .toEqual({ starts: [], sends: [], appends: [], guarded: [], slots: [] });
    scene.expect(await dumpStore(scene.store)).toEqual(before);
  });
}

function wholeClaims(claim: Claim): void {
  claim('everything in a batch is written together', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const message = (await scene.send(send(a.number)))[0]?.id ?? 0;
    await scene.commit({
      worker,
      starts: [runStart({ id: 'c' })],
      sends: [send(b.number)],
      cells: [cell('k', '1')],
      guarded: [guarded({ cells: [cell('l', '2')] })],
      entries: [entry(a.number, 0)],
      waits: [wait(a.number, 'k')],
      slots: [request(a.number, 'k')],
      logs: [line(a.number, 'text')],
      consumed: [message],
      runs: [sleep(a, { seenMessage: message }), change(b, { status: 'busy' })],
    });
    scene.expect(await dumpStore(scene.store)).toMatchObject({
      runs: [
        {
          run: { state: 'waiting' },
          journal: [{ name: 'step 0' }],
          waits: [{ key: 'k' }],
          inbox: [],
          log: [{ text: 'text' }],
        },
        { run: { status: 'busy' }, journal: [], waits: [], inbox: [{ name: 'go' }] },
        { run: { id: 'c' }, journal: [], waits: [], inbox: [] },
      ],
      cells: [{ space: 'clock', cells: [{ key: 'k' }, { key: 'l' }] }],
      pools: [{ pool: { pool: 'db', granted: 1 } }],
    });
  });

  claim('a fault in the last part of a batch undoes all parts before it (S1)', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    const message = (await scene.send(send(a.number)))[0]?.id ?? 0;
    await scene.commit({ worker, waits: [wait(a.number, 'l')] });
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({
        worker,
        starts: [runStart({ id: 'c' })],
        sends: [send(b.number)],
        cells: [cell('k', '1')],
        guarded: [guarded({ cells: [cell('l', '2')], starts: [runStart({ id: 'd' })] })],
        entries: [entry(a.number, 0)],
        waits: [wait(a.number, 'k')],
        endedWaits: [{ run: a.number, key: 'l' }],
        consumed: [message],
        slots: [request(a.number, 'k'), { kind: 'limit', pool: 'db', limit: 5, at: 1 }],
        logs: [line(a.number, 'text')],
        runs: [finish(a), change({ ...b, number: 77 })],
      }),
    );
  });
}

function durabilityClaims(claim: Claim): void {
  claim('what was acknowledged is there after the store is opened again (I1)', async (scene) => {
    await fill(scene);
    const before = await dumpStore(scene.store);
    await scene.reopen();
    scene.expect(await dumpStore(scene.store)).toEqual(before);
  });

  claim('numbers and message ids go on growing after the store is opened again', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const [message] = await scene.send(send(run.number));
    await scene.commit({ worker, runs: [finish(run)] });
    await scene.store.prune({ endedBefore: Number.MAX_SAFE_INTEGER, runsMax: 10 });
    await scene.reopen();
    const next = await scene.pending('a');
    const [later] = await scene.send(send(next.number));
    scene.expect(next.number > run.number && next.generation === 1).toBe(true);
    scene.expect((later?.id ?? 0) > (message?.id ?? 0)).toBe(true);
    scene.expect((await scene.worker()) > worker).toBe(true);
  });
}

function isolationClaims(claim: Claim): void {
  claim("bytes that go in or come out are nobody else's", async (scene) => {
    const worker = await scene.worker();
    const bytes = new Uint8Array([1, 2, 3]);
    const { starts } = await scene.commit({
      worker,
      starts: [runStart({ id: 'a', input: bytes, owner: worker })],
    });
    const run = starts[0]?.run.number ?? 0;
    await scene.commit({
      worker,
      sends: [send(run, { payload: bytes })],
      entries: [entry(run, 0, { payload: bytes })],
      waits: [wait(run, 'k', { detail: bytes })],
      cells: [cell('k', bytes)],
    });
    const before = await dumpStore(scene.store);
    const read = await Promise.all([
      scene.run(run),
      scene.store.readJournal(run, 0, 1),
      scene.store.listInbox(run),
      scene.store.listWaits({ run }),
      scene.store.getCell('clock', 'k'),
      scene.store.listCells('clock'),
    ]);
    overwriteBytes([bytes, starts, read]);
    scene.expect(await dumpStore(scene.store)).toEqual(before);
  });

  claim('a caller that changes its batch after the call does not change what is written', async (scene) => {
    const definitions = ['greet'];
    const entries = [];
    const worker = await scene.worker({ definitions });
    definitions.push('other');
    const run = await scene.owned(worker, 'a');
    entries.push(entry(run.number, 0));
    const committing = scene.commit({ worker, entries });
    entries.push(entry(run.number, 1));
    await committing;
    scene.expect(await scene.journalNames(run.number)).toEqual(['step 0']);
    scene.expect(await scene.store.listWorkers()).toMatchObject([{ definitions: ['greet'] }]);
  });
}

/** Overwrites all bytes found in a value, however deep. */
function overwriteBytes(value: unknown): void {
  if (value instanceof Uint8Array) value.fill(9);
  else if (typeof value === 'object' && value !== null) Object.values(value).forEach(overwriteBytes);
}

/** Something of everything. */
async function fill(scene: Scene): Promise<void> {
  const worker = await scene.worker();
  const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
  await scene.pending('c', { input: new Uint8Array([0, 255]), parent: { run: a.number, operation: 'k' } });
  await scene.send(send(a.number, { payload: '@ref' }), send(b.number));
  await scene.commit({
    worker,
    entries: [entry(a.number, 0), entry(b.number, 0, { payload: new Uint8Array([7]) })],
    waits: [wait(a.number, 'k', { detail: '"ü"' })],
    cells: [cell('k', '"ü"'), cell('l', new Uint8Array([0, 255]))],
    slots: [request(a.number, 'k', { limit: 0 }), { kind: 'limit', pool: 'disk', limit: 3, at: startTime }],
    logs: [line(a.number, 'ü'), line(b.number, '')],
    runs: [sleep(a), finish(b)],
  });
}
