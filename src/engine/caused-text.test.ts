import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeValue } from '../base/codec.ts';
import { splitCause, withCause } from './caused-text.ts';
import type { Cause } from './model/cause.ts';

const causes: fc.Arbitrary<Cause> = fc.record({
  correlationId: fc.string({ unit: 'binary' }),
  eventId: fc.option(fc.string({ unit: 'binary' })),
  hops: fc.nat(10_000),
  traceparent: fc.option(fc.string()),
});

describe('a text with a cause in front', () => {
  it('gives back both, whatever they hold', () => {
    fc.assert(
      fc.property(fc.anything({ withDate: true }), causes, (value, cause) => {
        const text = encodeValue(value, 'it');
        expect(splitCause(withCause(text, cause))).toEqual({ text, cause });
        expect(splitCause(text)).toEqual({ text, cause: null });
      }),
    );
  });

  it('is the text itself without a cause', () => {
    expect(withCause('{"day":1}', null)).toBe('{"day":1}');
  });
});
