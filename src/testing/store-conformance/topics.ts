import {
  allTypes,
  composeBatch,
  placedRecords,
  typeBit,
  type RecordDraft,
  type TopicAppend,
  type TopicRead,
} from '../../engine/index.ts';
import { batch, entry, startTime } from './builders.ts';
import type { Claim, Scene } from './scene.ts';
import { append, contentOf, draft } from './topic-builders.ts';

const first = { topic: 't', partition: 0 };

async function read(scene: Scene, parts: Partial<TopicRead> = {}): Promise<readonly string[]> {
  const { batches } = await scene.store.readTopic({
    ...first,
    from: 0,
    bytesMax: 1_000_000,
    types: allTypes,
    ...parts,
  });
  return batches.flatMap(contentOf);
}

function named(id: string): RecordDraft {
  return draft(id, { dedupe: id });
}

function by(sequence: number, ids: readonly string[], epoch = 0): TopicAppend {
  return append(ids, { producer: { producer: 'p', epoch, sequence } });
}

/** Topics: offsets, batches, reads, and what happens to duplicates (T1 to T4). */
export function topicClaims(claim: Claim): void {
  appendClaims(claim);
  duplicateClaims(claim);
  producerClaims(claim);
  readClaims(claim);
  housekeepingClaims(claim);
  delayClaims(claim);
}

function appendClaims(claim: Claim): void {
  claim('records get offsets without gaps, commit after commit (T1)', async (scene) => {
    const one = await scene.commit({ appends: [append(['a', 'b'])] });
    const two = await scene.commit({ appends: [append(['c'])] });
    scene.expect([...one.appends, ...two.appends].map(({ offsets }) => offsets)).toEqual([[0, 1], [2]]);
    scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
  });

  claim('the appends of one commit to one partition make one batch (T3)', async (scene) => {
    await scene.commit({ appends: [append(['a']), append(['x'], { partition: 1 }), append(['b'])] });
    scene.expect(await scene.store.listPartitions('t')).toMatchObject([
      { topic: 't', partition: 0, startOffset: 0, nextOffset: 2, batches: 1 },
      { topic: 't', partition: 1, startOffset: 0, nextOffset: 1, batches: 1 },
    ]);
  });

  claim('a refused batch appends nothing (S1)', async (scene) => {
    const worker = await scene.worker();
    await scene.expectRefused('TUTTI_STORE_FAILED', () =>
      scene.commit({ worker, appends: [append(['a'])], entries: [entry(77, 0)] }),
    );
    await scene.commit({ appends: [append(['b'])] });
    scene.expect(await read(scene)).toEqual(['0=b']);
  });

  claim('what was appended is there after the store is opened again (I1)', async (scene) => {
    await scene.commit({ appends: [append(['a', 'b'])] });
    await scene.reopen();
    await scene.commit({ appends: [append(['c'])] });
    scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
  });

  claim('two handles append to one partition without giving an offset twice', async (scene) => {
    const second = await scene.second();
    if (second === null) return;
    await scene.commit({ appends: [append(['a'])] });
    await second.commit(batch({ appends: [append(['b'])] }));
    await scene.commit({ appends: [append(['c'])] });
    scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
  });
}

function duplicateClaims(claim: Claim): void {
  claim(
    'a record of a remembered name stores nothing and is told the original offset (T4)',
    async (scene) => {
      const dedupeUntil = startTime + 100;
      await scene.commit({ appends: [append([], { records: [named('a'), named('b')], dedupeUntil })] });
      const again = await scene.commit({
        appends: [append([], { records: [named('c'), named('b')], dedupeUntil, at: startTime + 99 })],
      });
      scene
        .expect(again.appends)
        .toEqual([{ outcome: 'appended', offsets: [2, 1], duplicates: [1], expected: -1 }]);
      scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
    },
  );

  claim('a name twice in one append is stored once', async (scene) => {
    const records = [named('a'), named('a')];
    const { appends } = await scene.commit({
      appends: [append([], { records, dedupeUntil: startTime + 1 })],
    });
    scene.expect(appends[0]).toMatchObject({ offsets: [0, 0], duplicates: [1] });
  });

  claim('a name is forgotten when its time is over', async (scene) => {
    const dedupeUntil = startTime + 100;
    await scene.commit({ appends: [append([], { records: [named('a')], dedupeUntil })] });
    const late = append([], { records: [named('a')], dedupeUntil: startTime + 300, at: startTime + 100 });
    scene.expect((await scene.commit({ appends: [late] })).appends[0]).toMatchObject({ offsets: [1] });
    scene.expect(await scene.store.forgetDuplicates(startTime + 299, 10)).toBe(0);
    scene.expect(await scene.store.forgetDuplicates(startTime + 300, 10)).toBe(1);
  });

  claim('a name in another partition is another name', async (scene) => {
    const records = [named('a')];
    const dedupeUntil = startTime + 1;
    const both = [append([], { records, dedupeUntil }), append([], { records, dedupeUntil, partition: 1 })];
    const { appends } = await scene.commit({ appends: both });
    scene.expect(appends.map(({ duplicates }) => duplicates)).toEqual([[], []]);
  });
}

function producerClaims(claim: Claim): void {
  claim('a repeated request of a producer stores nothing and is told its offsets (T4)', async (scene) => {
    await scene.commit({ appends: [by(0, ['a', 'b'])] });
    await scene.commit({ appends: [by(2, ['c'])] });
    const { appends } = await scene.commit({ appends: [by(0, ['a', 'b'])] });
    scene
      .expect(appends)
      .toEqual([{ outcome: 'duplicate', offsets: [0, 1], duplicates: [0, 1], expected: 3 }]);
    scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
  });

  claim('a sequence that is not the next one is refused, and told which is', async (scene) => {
    await scene.commit({ appends: [by(0, ['a'])] });
    const { appends } = await scene.commit({ appends: [by(2, ['c'])] });
    scene.expect(appends).toEqual([{ outcome: 'gap', offsets: [], duplicates: [], expected: 1 }]);
  });

  claim('another request under a used sequence is refused', async (scene) => {
    await scene.commit({ appends: [by(0, ['a'])] });
    const { appends } = await scene.commit({ appends: [by(0, ['z'])] });
    scene.expect(appends[0]).toMatchObject({ outcome: 'conflict', expected: 1 });
    scene.expect(await read(scene)).toEqual(['0=a']);
  });

  claim('a newer epoch begins anew and fences the older one', async (scene) => {
    await scene.commit({ appends: [by(0, ['a'])] });
    await scene.commit({ appends: [by(0, ['b'], 1)] });
    const { appends } = await scene.commit({ appends: [by(1, ['c'], 0)] });
    scene.expect(appends).toEqual([{ outcome: 'fenced', offsets: [], duplicates: [], expected: 1 }]);
    scene.expect(await read(scene)).toEqual(['0=a', '1=b']);
  });

  claim('a refused append does not fail the others of its batch (S3)', async (scene) => {
    const { appends } = await scene.commit({ appends: [by(7, ['a']), append(['b'])] });
    scene.expect(appends.map(({ outcome }) => outcome)).toEqual(['gap', 'appended']);
    scene.expect(await read(scene)).toEqual(['0=b']);
  });
}

function readClaims(claim: Claim): void {
  claim('a read begins with the batch that holds its offset', async (scene) => {
    await scene.commit({ appends: [append(['a', 'b', 'c'])] });
    await scene.commit({ appends: [append(['d'])] });
    scene.expect(await read(scene, { from: 1 })).toEqual(['0=a', '1=b', '2=c', '3=d']);
    scene.expect(await read(scene, { from: 3 })).toEqual(['3=d']);
    scene.expect(await read(scene, { from: 4 })).toEqual([]);
  });

  claim('a read stops when it has enough and goes on from `next` (T2)', async (scene) => {
    for (const id of ['a', 'b', 'c']) await scene.commit({ appends: [append([id])] });
    const seen: string[] = [];
    for (let from = 0; from < 3;) {
      const slice = await scene.store.readTopic({ ...first, from, bytesMax: 1, types: allTypes });
      seen.push(...slice.batches.flatMap(contentOf));
      from = slice.next;
    }
    scene.expect(seen).toEqual(['0=a', '1=b', '2=c']);
  });

  claim('batches without the wanted types are passed over', async (scene) => {
    await scene.commit({ appends: [append([], { records: [draft('a', { type: 'x' })] })] });
    await scene.commit({ appends: [append([], { records: [draft('b', { type: 'y' })] })] });
    const wanted = { ...first, from: 0, bytesMax: 1_000_000, types: typeBit('y') };
    const slice = await scene.store.readTopic(wanted);
    scene.expect(slice.batches.flatMap(contentOf)).toEqual(['1=b']);
    scene.expect(await scene.store.readTopic({ ...wanted, types: typeBit('x'), from: 1 })).toEqual({
      batches: [],
      next: 2,
    });
  });

  claim('a partition that is not there is empty', async (scene) => {
    scene
      .expect(
        await scene.store.readTopic({ topic: 'no', partition: 3, from: 5, bytesMax: 1, types: allTypes }),
      )
      .toEqual({
        batches: [],
        next: 5,
      });
    scene.expect(await scene.store.findOffset({ topic: 'no', partition: 3 }, startTime)).toBe(0);
    scene.expect(await scene.store.listPartitions()).toEqual([]);
  });

  claim('a time leads to the first batch appended at or after it', async (scene) => {
    for (const later of [0, 10, 20])
      await scene.commit({ appends: [append(['a', 'b'], { at: startTime + later })] });
    const offsets = await Promise.all(
      [0, 1, 10, 20, 21].map((later) => scene.store.findOffset(first, startTime + later)),
    );
    scene.expect(offsets).toEqual([0, 2, 2, 4, 6]);
  });
}

function housekeepingClaims(claim: Claim): void {
  claim('trimming deletes whole batches before the offset', async (scene) => {
    await scene.commit({ appends: [append(['a', 'b'])] });
    await scene.commit({ appends: [append(['c', 'd'])] });
    scene.expect(await scene.store.trimPartition(first, 1)).toBe(0);
    scene.expect(await scene.store.trimPartition(first, 3)).toBe(2);
    scene.expect(await scene.store.trimPartition(first, 3)).toBe(2);
    scene.expect(await read(scene)).toEqual(['2=c', '3=d']);
    scene
      .expect(await scene.store.listPartitions('t'))
      .toMatchObject([{ startOffset: 2, nextOffset: 4, batches: 1 }]);
    await scene.commit({ appends: [append(['e'])] });
    scene.expect(await read(scene, { from: 4 })).toEqual(['4=e']);
  });

  claim('batches are exchanged together, or not at all', async (scene) => {
    for (const id of ['a', 'b', 'c']) await scene.commit({ appends: [append([id])] });
    const slice = await scene.store.readTopic({ ...first, from: 0, bytesMax: 1_000_000, types: allTypes });
    const packed = composeBatch(slice.batches.slice(0, 2).flatMap(placedRecords), startTime);
    const exchange = { ...first, remove: [0, 1], put: [packed] };
    scene.expect(await scene.store.replaceBatches(exchange)).toBe(true);
    scene.expect(await read(scene)).toEqual(['0=a', '1=b', '2=c']);
    scene.expect(await read(scene, { from: 1 })).toEqual(['0=a', '1=b', '2=c']);
    scene.expect(await scene.store.replaceBatches(exchange)).toBe(false);
    scene.expect(await scene.store.listPartitions('t')).toMatchObject([{ batches: 2 }]);
  });

  claim('a compacted batch keeps the offsets of what is left', async (scene) => {
    await scene.commit({ appends: [append(['a', 'b', 'c'])] });
    const slice = await scene.store.readTopic({ ...first, from: 0, bytesMax: 1, types: allTypes });
    const kept = slice.batches.flatMap(placedRecords).filter(({ offset }) => offset !== 1);
    await scene.store.replaceBatches({ ...first, remove: [0], put: [composeBatch(kept, startTime)] });
    scene.expect(await read(scene)).toEqual(['0=a', '2=c']);
  });
}

function delayClaims(claim: Claim): void {
  claim('a delayed record gets its offset when its time has come', async (scene) => {
    const delayed = append(['late', 'later'], { deliverAt: startTime + 50 });
    scene
      .expect((await scene.commit({ appends: [delayed] })).appends)
      .toEqual([{ outcome: 'delayed', offsets: [], duplicates: [], expected: -1 }]);
    await scene.commit({ appends: [append(['soon'])] });
    scene.expect(await scene.store.nextDelayed()).toBe(startTime + 50);
    scene.expect(await scene.store.releaseDelayed(startTime + 49, 10)).toBe(0);
    await scene.reopen();
    scene.expect(await scene.store.releaseDelayed(startTime + 50, 10)).toBe(2);
    scene.expect(await scene.store.nextDelayed()).toBe(null);
    scene.expect(await read(scene)).toEqual(['0=soon', '1=late', '2=later']);
  });

  claim('delayed records are released oldest first, a bounded number at a time', async (scene) => {
    for (const [id, later] of [
      ['c', 30],
      ['a', 10],
      ['b', 20],
    ] as const) {
      await scene.commit({ appends: [append([id], { deliverAt: startTime + later })] });
    }
    scene.expect(await scene.store.releaseDelayed(startTime + 99, 2)).toBe(2);
    scene.expect(await scene.store.nextDelayed()).toBe(startTime + 30);
    scene.expect(await read(scene)).toEqual(['0=a', '1=b']);
  });

  claim('a delayed record whose name is there by then is not appended', async (scene) => {
    const records = [draft('a', { dedupe: 'a' })];
    const dedupeUntil = startTime + 1_000;
    await scene.commit({ appends: [append([], { records, dedupeUntil, deliverAt: startTime + 10 })] });
    await scene.commit({ appends: [append([], { records, dedupeUntil })] });
    scene.expect(await scene.store.releaseDelayed(startTime + 10, 10)).toBe(1);
    scene.expect(await read(scene)).toEqual(['0=a']);
  });
}
