import { entryKinds, entryOutcomes, type ConditionalEntry, type RunNumber } from '../../engine/index.ts';
import { entry, finish, runStart, send } from './builders.ts';
import type { Claim } from './scene.ts';

/** Journals: what was appended is read back, in order, and nothing is ever written twice. */
export function journalClaims(claim: Claim): void {
  readClaims(claim);
  endClaims(claim);
  refusalClaims(claim);
  conditionalClaims(claim);
}

const payloads = [
  null,
  'null',
  '""',
  '@run/0123',
  '"ünï 🎶 \\u0000 \u2028"',
  new Uint8Array([0, 1, 254, 255]),
  new Uint8Array(0),
];

function endClaims(claim: Claim): void {
  claim('the end of a journal is read without its beginning', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const entries = Array.from({ length: 5 }, (_, seq) => entry(run.number, seq));
    await scene.commit({ worker, entries });
    const end = async (limit: number): Promise<readonly number[]> =>
      (await scene.store.readJournalEnd(run.number, limit)).map((found) => found.seq);
    scene.expect(await end(2)).toEqual([3, 4]);
    scene.expect(await end(10)).toEqual([0, 1, 2, 3, 4]);
    scene.expect(await end(0)).toEqual([]);
    scene.expect(await scene.store.readJournalEnd(77, 10)).toEqual([]);
  });
}

function readClaims(claim: Claim): void {
  claim('an entry is read back with every field it was given', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const entries = entryKinds.map((kind, seq) =>
      entry(run.number, seq, {
        kind,
        scope: seq % 2 === 0 ? '' : 'outer/innér',
        name: `näme ${seq} 🎺`,
        occurrence: seq * 3,
        attempt: seq + 1,
        outcome: entryOutcomes[seq % entryOutcomes.length] ?? 'ok',
        payload: payloads[seq % payloads.length] ?? null,
      }),
    );
    await scene.commit({ worker, entries });
    const expected = entries.map(({ run: _run, ...fields }) => fields);
    scene.expect(await scene.store.readJournal(run.number, 0, 100)).toEqual(expected);
  });

  claim('payloads come back in the form they were given, long ones too', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const given = [...payloads, `"${'é'.repeat(70_000)}"`, new Uint8Array(70_000).fill(7)];
    const entries = given.map((payload, seq) => entry(run.number, seq, { payload }));
    await scene.commit({ worker, entries });
    const found = await scene.store.readJournal(run.number, 0, 100);
    scene.expect(found.map((one) => one.payload)).toEqual(given);
  });

  claim('positions, not the order in the batch, decide the order of the journal', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    await scene.commit({
      worker,
      entries: [entry(b.number, 1), entry(a.number, 0), entry(b.number, 0), entry(a.number, 1)],
    });
    for (const run of [a, b])
      scene.expect(await scene.journalNames(run.number)).toEqual(['step 0', 'step 1']);
  });

  claim('a journal is read in pages, from any position on', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    for (let seq = 0; seq < 5; seq += 1) await scene.commit({ worker, entries: [entry(run.number, seq)] });
    const read = async (from: number, limit: number): Promise<readonly number[]> =>
      (await scene.store.readJournal(run.number, from, limit)).map((found) => found.seq);
    scene.expect(await read(0, 2)).toEqual([0, 1]);
    scene.expect(await read(2, 2)).toEqual([2, 3]);
    scene.expect(await read(4, 2)).toEqual([4]);
    scene.expect(await read(5, 2)).toEqual([]);
    scene.expect(await read(0, 0)).toEqual([]);
    scene.expect(await scene.store.readJournal(77, 0, 10)).toEqual([]);
  });

  claim('the journal of a finished run stays readable', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, entries: [entry(run.number, 0)], runs: [finish(run)] });
    scene.expect(await scene.journalNames(run.number)).toEqual(['step 0']);
  });
}

function refusalClaims(claim: Claim): void {
  claim('a position that is taken refuses the whole batch (I3)', async (scene) => {
    const worker = await scene.worker();
    const [a, b] = [await scene.owned(worker, 'a'), await scene.owned(worker, 'b')];
    await scene.commit({ worker, entries: [entry(a.number, 0)] });
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({
        worker,
        starts: [runStart({ id: 'c' })],
        sends: [send(b.number)],
        entries: [entry(b.number, 0), entry(a.number, 0, { name: 'again' })],
        runs: [finish(b)],
      }),
    );
  });

  claim('one position twice in a batch refuses it whole', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, entries: [entry(run.number, 0), entry(run.number, 0)] }),
    );
  });

  claim('an entry of a run that does not exist refuses the whole batch', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, entries: [entry(run.number, 0), entry(77, 0)] }),
    );
  });
}

function forms(run: RunNumber, seq: number): ConditionalEntry {
  return { accepted: entry(run, seq, { name: 'accepted' }), refused: entry(run, seq, { name: 'refused' }) };
}

function conditionalClaims(claim: Claim): void {
  claim('a start journals whether it made the run', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const link = { run: run.number, operation: '/child:c#0' };
    await scene.pending('child', { parent: link });
    await scene.commit({
      worker,
      starts: [
        runStart({ id: 'b', journal: forms(run.number, 0) }),
        runStart({ id: 'b', journal: forms(run.number, 1) }),
        runStart({ id: 'b', onConflict: 'attach', journal: forms(run.number, 2) }),
        runStart({ id: 'child', parent: link, journal: forms(run.number, 3) }),
      ],
    });
    const names = ['accepted', 'refused', 'refused', 'accepted'];
    scene.expect(await scene.journalNames(run.number)).toEqual(names);
  });

  claim('a message journals whether it was accepted', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    const other = await scene.owned(worker, 'b');
    const done = await scene.owned(worker, 'c');
    await scene.commit({ worker, runs: [finish(done)] });
    await scene.commit({
      worker,
      sends: [
        send(other.number, { journal: forms(run.number, 0) }),
        send(done.number, { journal: forms(run.number, 1) }),
        send(77, { journal: forms(run.number, 2) }),
        send(other.number, { onlyIfWaiting: 'nothing', journal: forms(run.number, 3) }),
      ],
      entries: [entry(run.number, 4, { name: 'next' })],
    });
    const names = ['accepted', 'refused', 'refused', 'refused', 'next'];
    scene.expect(await scene.journalNames(run.number)).toEqual(names);
  });

  claim('a conditional entry whose position is taken refuses the whole batch', async (scene) => {
    const worker = await scene.worker();
    const run = await scene.owned(worker, 'a');
    await scene.commit({ worker, entries: [entry(run.number, 0)] });
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, starts: [runStart({ id: 'b', journal: forms(run.number, 0) })] }),
    );
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, sends: [send(run.number, { journal: forms(run.number, 0) })] }),
    );
  });
}
