import { describe, expect, it } from 'vitest';
import type { RunTrigger } from './model/trigger.ts';
import { decodeRunInput, encodeRunInput } from './run-input.ts';

const trigger: RunTrigger = {
  by: 'schedule',
  schedule: 'etl\n~',
  interval: { start: 1, end: 2 },
  backfill: null,
  ignoresPast: false,
  previousRun: null,
  partition: null,
};

describe('the input of a run', () => {
  it.each([undefined, null, 'two\nlines', '~{"by":1}\n2', '![]\n2', { $tutti: 'Date' }, new Date(0)])(
    'comes back with its trigger, its cause and the events that cancel it, and without: %j',
    (input) => {
      for (const known of [trigger, null]) {
        for (const cause of [{ correlationId: 'c\n', eventId: null, hops: 0, traceparent: null }, null]) {
          for (const cancelOn of [[], [{ topic: 't', partitions: 1, type: 'e\n', where: null }]]) {
            const given = { input, trigger: known, cause, cancelOn };
            expect(decodeRunInput(encodeRunInput(given, 'it'))).toEqual(given);
          }
        }
      }
    },
  );

  it('follows from the event that triggered the run, which is said once', () => {
    const place = { topic: 't', partition: 0, offset: 1, type: 'e' };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const event = { ...place, id: 'e1', correlationId: 'c', hops: 2, traceparent };
    const started: RunTrigger = { ...trigger, event };
    const cause = { correlationId: 'c', eventId: 'e1', hops: 2, traceparent };
    const text = encodeRunInput({ input: 1, trigger: started }, 'it');
    expect(decodeRunInput(text).cause).toEqual(cause);
    expect(encodeRunInput({ input: 1, trigger: started, cause }, 'it')).toBe(text);
  });

  it('is plain JSON when nothing triggered the run', () => {
    expect(encodeRunInput({ input: { day: 1 }, trigger: null }, 'it')).toBe('{"day":1}');
  });
});
