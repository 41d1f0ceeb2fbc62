import { describe, expect, it } from 'vitest';
import { outranks, type Cause } from './cause.ts';

const plain: Cause = { correlationId: 'run', eventId: null, hops: 0, traceparent: null };
const short: Cause = { correlationId: 'a', eventId: 'e1', hops: 0, traceparent: null };
const long: Cause = { correlationId: 'b', eventId: 'e2', hops: 3, traceparent: null };

describe('of two causes', () => {
  it('an event counts before a run', () => {
    expect(outranks(short, plain)).toBe(true);
    expect(outranks(plain, short)).toBe(false);
    expect(outranks({ ...plain, hops: 9 }, short)).toBe(false);
  });

  it('the longer chain counts, and of equal ones the first', () => {
    expect(outranks(long, short)).toBe(true);
    expect(outranks(short, long)).toBe(false);
    expect(outranks({ ...short, eventId: 'e3' }, short)).toBe(false);
  });
});
