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
  it.each([undefined, null, 'two\nlines', '~{"by":1}\n2', { $tutti: 'Date' }, new Date(0)])(
    'comes back with its trigger, and without: %j',
    (input) => {
      expect(decodeRunInput(encodeRunInput({ input, trigger }, 'it'))).toEqual({ input, trigger });
      expect(decodeRunInput(encodeRunInput({ input, trigger: null }, 'it'))).toEqual({
        input,
        trigger: null,
      });
    },
  );

  it('is plain JSON when nothing triggered the run', () => {
    expect(encodeRunInput({ input: { day: 1 }, trigger: null }, 'it')).toBe('{"day":1}');
  });
});
