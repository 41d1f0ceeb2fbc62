import { describe, expect, it } from 'vitest';
import { refuseUnknownOptions } from './unknown-options.ts';

describe('unknown options', () => {
  it('are refused with the nearest known name', () => {
    expect(() =>
      refuseUnknownOptions({ timeout: 1, retires: {} }, ['timeout', 'retry'], "step 'pay'"),
    ).toThrow(
      expect.objectContaining({
        code: 'TUTTI_OPTION_UNKNOWN',
        message: "step 'pay' has no option 'retires'; did you mean 'retry'?",
        details: { option: 'retires', known: ['timeout', 'retry'], nearest: 'retry' },
      }),
    );
  });

  it('are refused with all known names when none is near', () => {
    expect(() => refuseUnknownOptions({ banana: 1 }, ['timeout', 'retry'], 'it')).toThrow(
      "it takes 'timeout', 'retry'",
    );
    expect(() => refuseUnknownOptions({ banana: 1 }, [], 'it')).toThrow('it takes no options');
  });

  it('do not include known ones, nor inherited properties', () => {
    refuseUnknownOptions(Object.create({ inherited: 1 }) as object, [], 'it');
    refuseUnknownOptions({ timeout: undefined }, ['timeout'], 'it');
  });
});
