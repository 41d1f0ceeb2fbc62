import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from './codec.ts';
import { type ErrorRecord, fromErrorRecord, toErrorRecord } from './error-record.ts';
import { NonRetryableError, requestedRetryDelay, RetryAfterError } from './retry-errors.ts';
import { TuttiError } from './tutti-error.ts';

/** Through the journal and back. */
function restore(thrown: unknown): Error {
  return fromErrorRecord(decodeValue(encodeValue(toErrorRecord(thrown), 'it')) as ErrorRecord);
}

class CardDeclined extends Error {
  readonly card = 'visa';
  readonly tries = 3;
  readonly response = { body: 'not kept' };
}

describe('an error survives the journal', () => {
  it('with name, message, stack, code and cause', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const thrown = new TypeError('cannot connect', { cause });
    const restored = restore(thrown);
    expect(restored).toBeInstanceOf(TypeError);
    expect(restored).toMatchObject({ name: 'TypeError', message: 'cannot connect', stack: thrown.stack });
    expect(restored.cause).toMatchObject({ message: 'refused', code: 'ECONNREFUSED', stack: cause.stack });
    expect(Object.keys(restored)).toEqual([]);
  });

  it.each([RangeError, SyntaxError, ReferenceError, URIError, EvalError])('as its own class: %o', (Class) => {
    expect(restore(new Class('x'))).toBeInstanceOf(Class);
  });

  it("with a user's own name, plain properties and class, never renamed", () => {
    const thrown = new CardDeclined('no');
    expect(toErrorRecord(thrown)).toMatchObject({
      name: 'Error',
      type: 'CardDeclined',
      details: { card: 'visa', tries: 3 },
    });
    const named = Object.assign(new CardDeclined('no'), { name: 'PaymentError' });
    expect(restore(named)).toMatchObject({ name: 'PaymentError', card: 'visa', tries: 3 });
    expect('response' in restore(named)).toBe(false);
  });

  it('as a TuttiError when it was one', () => {
    const thrown = new TuttiError('TUTTI_RUN_NOT_FOUND', 'no run r1', {
      cause: new Error('why'),
      details: { runId: 'r1', at: new Date(0) },
    });
    const restored = restore(thrown);
    expect(restored).toBeInstanceOf(TuttiError);
    expect(restored).toMatchObject({ code: 'TUTTI_RUN_NOT_FOUND', details: thrown.details, status: 404 });
    expect(restored.cause).toMatchObject({ message: 'why' });
    expect(restore(new TuttiError('TUTTI_INTERNAL', 'x'))).not.toHaveProperty('details');
  });

  it('as an ordinary error when its Tutti code is not in our table', () => {
    const restored = fromErrorRecord({ name: 'TuttiError', message: 'x', code: 'TUTTI_FROM_THE_FUTURE' });
    expect(restored).not.toBeInstanceOf(TuttiError);
    expect(restored).toMatchObject({ name: 'TuttiError', code: 'TUTTI_FROM_THE_FUTURE' });
    expect(fromErrorRecord({ name: 'TuttiError', message: 'x' })).not.toBeInstanceOf(TuttiError);
  });

  it('with the members of an AggregateError', () => {
    const restored = restore(new AggregateError([new Error('a'), new TypeError('b')], 'both'));
    expect(restored).toBeInstanceOf(AggregateError);
    expect((restored as AggregateError).errors).toMatchObject([{ message: 'a' }, { name: 'TypeError' }]);
  });

  it('with a readable stack where none was recorded', () => {
    expect(fromErrorRecord({ name: 'Odd', message: 'no stack' }).stack).toBe('Odd: no stack');
    const bare = new Error('x');
    delete bare.stack;
    expect(toErrorRecord(bare)).not.toHaveProperty('stack');
  });
});

describe('the record of a thrown value', () => {
  it.each([
    ['a text', 'boom', 'boom'],
    ['an object', { a: [1] }, '{ a: [ 1 ] }'],
    ['nothing', undefined, 'undefined'],
  ])('that is no error but %s says what was thrown', (_, thrown, message) => {
    expect(toErrorRecord(thrown)).toEqual({ name: 'NonError', message });
  });

  it('is cut where texts or chains have no end', () => {
    const looping = new Error('y'.repeat(100_000));
    looping.cause = looping;
    const record = toErrorRecord(looping);
    expect(record.message.length).toBeLessThan(17_000);
    expect(record.message).toMatch(/… \(100000 characters\)$/);
    expect(JSON.stringify(record).match(/"cause"/g)).toHaveLength(7);
    const bundle = new AggregateError(Array.from({ length: 100 }, () => new Error('m')));
    expect(toErrorRecord(bundle).errors).toHaveLength(32);
  });

  it('marks what must not be tried again', () => {
    expect(toErrorRecord(new NonRetryableError('x')).nonRetryable).toBe(true);
    expect(toErrorRecord(Object.assign(new Error('x'), { nonRetryable: true })).nonRetryable).toBe(true);
    expect(toErrorRecord(new TuttiError('TUTTI_INPUT_INVALID', 'x')).nonRetryable).toBe(true);
    expect(toErrorRecord(new TuttiError('TUTTI_STEP_TIMEOUT', 'x'))).not.toHaveProperty('nonRetryable');
    expect(toErrorRecord(new Error('x'))).not.toHaveProperty('nonRetryable');
  });
});

describe('a NonRetryableError', () => {
  it('keeps its nature, its cause and the name of its subclass', () => {
    class OutOfStock extends NonRetryableError {}
    expect(restore(new NonRetryableError('x', { cause: new Error('c') }))).toBeInstanceOf(NonRetryableError);
    expect(restore(new OutOfStock('x'))).toMatchObject({ name: 'OutOfStock', nonRetryable: true });
  });
});

describe('a RetryAfterError', () => {
  it('asks for its delay, also after the journal', () => {
    const error = new RetryAfterError('busy', '5s');
    expect(requestedRetryDelay(error)).toBe(5_000);
    expect(restore(error)).toBeInstanceOf(RetryAfterError);
    expect(requestedRetryDelay(restore(error))).toBe(5_000);
  });

  it('refuses a delay that is none', () => {
    expect(() => new RetryAfterError('busy', Number.NaN)).toThrow('the delay of a RetryAfterError');
  });

  it.each([
    new Error('x'),
    'x',
    Object.assign(new Error('x'), { afterMs: 'soon' }),
    Object.assign(new Error('x'), { afterMs: -1 }),
  ])('is not mistaken for %s', (thrown) => {
    expect(requestedRetryDelay(thrown)).toBeUndefined();
  });
});
