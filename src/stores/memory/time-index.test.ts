import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TimeIndex } from './time-index.ts';

it('the first is always the earliest of all that are filed, whatever was filed, moved and deleted', () => {
  const change = fc.record({ number: fc.nat(15), time: fc.option(fc.nat(5), { nil: null }) });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
      const index = new TimeIndex();
      const model = new Map<number, number>();
      for (const { number, time } of changes) {
        if (time === null) {
          index.delete(number);
          model.delete(number);
        } else {
          index.set(number, time);
          model.set(number, time);
        }
        const filed = [...model].map(([key, value]) => ({ number: key, time: value }));
        const earliest = filed.toSorted(
          (one, other) => one.time - other.time || one.number - other.number,
        )[0];
        expect(index.first()).toEqual(earliest);
      }
    }),
  );
});
