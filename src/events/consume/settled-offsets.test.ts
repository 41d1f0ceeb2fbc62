import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SettledOffsets } from './settled-offsets.ts';

describe('settled offsets', () => {
  it('move the watermark only over what is settled', () => {
    const settled = new SettledOffsets(5);
    settled.add(7);
    settled.add(6);
    expect([settled.next, settled.ranges]).toEqual([5, [[6, 8]]]);
    settled.add(5);
    expect([settled.next, settled.ranges]).toEqual([8, []]);
  });

  it('are the same whether added together or one by one, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80), { maxLength: 60 }), (offsets) => {
        const together = new SettledOffsets(10);
        together.addAll(offsets);
        const singly = new SettledOffsets(10);
        for (const offset of offsets) singly.add(offset);
        expect([together.next, together.ranges]).toEqual([singly.next, singly.ranges]);
      }),
    );
  });

  it('agree with a plain set, in any order, and after being saved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 5 })), { maxLength: 60 }),
        (steps) => {
          let settled = new SettledOffsets(10);
          const model = new Set(Array.from({ length: 10 }, (_, offset) => offset));
          for (const [from, count] of steps) {
            settled.addRange(from, from + count);
            for (let offset = from; offset < from + count; offset += 1) model.add(offset);
            settled = new SettledOffsets(settled.next, settled.ranges);
          }
          for (let offset = 0; offset < 70; offset += 1) expect(settled.has(offset)).toBe(model.has(offset));
          expect(model.has(settled.next)).toBe(false);
          for (const [from, to] of settled.ranges)
            expect([from > settled.next, from < to]).toEqual([true, true]);
        },
      ),
    );
  });
});
