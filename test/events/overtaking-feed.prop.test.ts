/** The invariants U1 to U3 of the feed that lets urgent records go first. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allTypes, encodeRecord } from '../../src/engine/index.ts';
import { OvertakingFeed } from '../../src/events/consume/overtaking-feed.ts';
import { PartitionLog } from '../../src/events/consume/partition-log.ts';
import { SettledOffsets } from '../../src/events/consume/settled-offsets.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { batch, startTime } from '../stores/records.ts';

const place = { topic: 't', partition: 0 };
const drawn = fc.record({
  key: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: null, freq: 4 }),
  priority: fc.constantFrom(0, 0, 0, 1, 9),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;
/** What happens: records are appended, some are taken, or a look ahead is made. */
const move = fc.oneof(
  fc.array(drawn, { minLength: 1, maxLength: 20 }).map((records) => ({ kind: 'append' as const, records })),
  fc.integer({ min: 1, max: 15 }).map((count) => ({ kind: 'take' as const, count })),
  fc.constant({ kind: 'look' as const }),
);

function recordOf({ key, priority }: Drawn, id: number): { bytes: Buffer; dedupe: null } {
  const attributes = priority === 0 ? '' : JSON.stringify({ p: priority });
  return {
    bytes: encodeRecord({ type: 't', id: `${id}`, key, time: 0, attributes, data: '1' }),
    dedupe: null,
  };
}

it('gives every record once, those of one key in order, and every tenth in the order of the log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 3, maxLength: 40 }), async (moves) => {
      const store = createMemoryStore();
      const log = new PartitionLog(store, place);
      const gaps: number[] = [];
      const hooks = { settled: new SettledOffsets(0), onGap: (from: number) => void gaps.push(from) };
      const feed = new OvertakingFeed(log, { from: 0, end: null, types: allTypes }, hooks);
      const all: Drawn[] = [];
      const given: number[] = [];
      let inOrder = 0;
      let sinceInOrder = 0;
      const takeOne = async (): Promise<boolean> => {
        const record = feed.take();
        if (record === null) return feed.load();
        given.push(record.offset);
        const isOldest = record.offset === inOrder;
        sinceInOrder = isOldest ? 0 : sinceInOrder + 1;
        while (given.includes(inOrder)) inOrder += 1;
        // U3: nothing waits longer than for nine that came after it.
        expect(sinceInOrder).toBeLessThanOrEqual(9);
        return true;
      };
      for (const one of moves) {
        if (one.kind === 'append') {
          const records = one.records.map((each, index) => recordOf(each, all.length + index));
          await store.commit(batch({ appends: [{ ...place, at: startTime, records }] }));
          all.push(...one.records);
        } else if (one.kind === 'look') await feed.lookAhead();
        else for (let count = 0; count < one.count; count += 1) await takeOne();
      }
      while (await takeOne());
      expect(given.toSorted((a, b) => a - b)).toEqual(all.map((_, offset) => offset));
      for (const offsets of Map.groupBy(given, (offset) => all[offset]?.key ?? `${offset}`).values()) {
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      }
      expect([gaps, feed.isEmpty]).toEqual([[], true]);
    }),
    { numRuns: 300 },
  );
});
