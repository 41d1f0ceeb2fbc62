import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  decideTeardown,
  triggerRules,
  type ParentStates,
  type TriggerRule,
} from './trigger-rules.ts';

/** Parents written as letters: S, K, F, U, R ended, and a dot for one that has not. */
function parents(letters: string): ParentStates {
  const count = (letter: string): number => letters.split(letter).length - 1;
  return {
    total: letters.length,
    done: letters.length - count('.'),
    success: count('S'),
    skipped: count('K'),
    failed: count('F'),
    upstreamFailed: count('U'),
    removed: count('R'),
  };
}

/** One row: the rule, the parents, what is decided. */
const rows: readonly (readonly [TriggerRule, string, string])[] = [
  ['allSuccess', 'SS', 'run'],
  ['allSuccess', 'S.', 'wait'],
  ['allSuccess', 'F.', 'upstreamFailed'],
  ['allSuccess', 'U.', 'upstreamFailed'],
  ['allSuccess', 'K.', 'skipped'],
  ['allSuccess', 'KF', 'upstreamFailed'],
  ['allSuccess', 'SR', 'run'],
  ['allFailed', 'FU', 'run'],
  ['allFailed', 'F.', 'wait'],
  ['allFailed', 'S.', 'skipped'],
  ['allFailed', 'K.', 'skipped'],
  ['allFailed', 'FS', 'skipped'],
  ['allDone', 'SKFU', 'run'],
  ['allDone', 'FFK.', 'wait'],
  ['allDoneMinOneSuccess', 'SF', 'run'],
  ['allDoneMinOneSuccess', 'S.', 'wait'],
  ['allDoneMinOneSuccess', 'K.', 'skipped'],
  ['allDoneMinOneSuccess', 'FU', 'upstreamFailed'],
  ['allSkipped', 'KK', 'run'],
  ['allSkipped', 'K.', 'wait'],
  ['allSkipped', 'S.', 'skipped'],
  ['allSkipped', 'F.', 'skipped'],
  ['allSkipped', 'U.', 'skipped'],
  ['oneSuccess', 'S..', 'run'],
  ['oneSuccess', 'F..', 'wait'],
  ['oneSuccess', 'KK', 'skipped'],
  ['oneSuccess', 'KF', 'upstreamFailed'],
  ['oneSuccess', 'UU', 'upstreamFailed'],
  ['oneFailed', 'F..', 'run'],
  ['oneFailed', 'U..', 'run'],
  ['oneFailed', 'S..', 'wait'],
  ['oneFailed', 'SK', 'skipped'],
  ['oneDone', 'S..', 'run'],
  ['oneDone', 'F..', 'run'],
  ['oneDone', 'KU.', 'wait'],
  ['oneDone', 'KU', 'skipped'],
  ['noneFailed', 'SK', 'run'],
  ['noneFailed', 'KK', 'run'],
  ['noneFailed', 'SK.', 'wait'],
  ['noneFailed', 'F..', 'upstreamFailed'],
  ['noneFailed', 'U..', 'upstreamFailed'],
  ['noneFailedMinOneSuccess', 'SK', 'run'],
  ['noneFailedMinOneSuccess', 'KK', 'skipped'],
  ['noneFailedMinOneSuccess', 'K.', 'wait'],
  ['noneFailedMinOneSuccess', 'F..', 'upstreamFailed'],
  ['noneSkipped', 'SFU', 'run'],
  ['noneSkipped', 'SF.', 'wait'],
  ['noneSkipped', 'K..', 'skipped'],
  ['always', '...', 'run'],
  ['always', 'F.', 'run'],
];

describe('a trigger rule', () => {
  it.each(rows)('%s with parents %s decides: %s', (rule, letters, decision) => {
    expect(decide(rule, parents(letters))).toBe(decision);
  });

  it.each(triggerRules)('%s passes at once without parents', (rule) => {
    expect(decide(rule, parents(''))).toBe('run');
  });

  it('has a row in this table', () => {
    expect(new Set(rows.map(([rule]) => rule))).toEqual(new Set(triggerRules));
  });

  it.each([null, 0])(
    'does not wait for map instances that are gone, in a map or outside (%s)',
    (mapIndex) => {
      expect(decide('allSuccess', parents('SR'), mapIndex)).toBe('run');
      expect(decide('allFailed', parents('FR'), mapIndex)).toBe('run');
      expect(decide('noneFailed', parents('KR'), mapIndex)).toBe('run');
      expect(decide('noneFailedMinOneSuccess', parents('SR'), mapIndex)).toBe('run');
      expect(decide('noneFailedMinOneSuccess', parents('KR'), mapIndex)).toBe('upstreamFailed');
      expect(decide('allSkipped', parents('KR'), mapIndex)).toBe('skipped');
      expect(decide('noneFailed', parents('SR.'), mapIndex)).toBe('wait');
    },
  );

  it('removes the instance whose counterpart is gone', () => {
    expect(decide('allSuccess', parents('SR'), 1)).toBe('removed');
    expect(decide('allSuccess', parents('SR.'), 2)).toBe('removed');
    expect(decide('allSuccess', parents('FR'), 1)).toBe('upstreamFailed');
  });
});

describe('a predicate as rule', () => {
  const oneFailedOfAll = (states: ParentStates): boolean => states.failed > 0 && states.done === states.total;

  it('can say what no named rule says: one failed, but wait for all', () => {
    expect(decide(oneFailedOfAll, parents('F.'))).toBe('wait');
    expect(decide(oneFailedOfAll, parents('FS'))).toBe('run');
  });

  it('skips when all have ended and it still says no', () => {
    expect(decide(oneFailedOfAll, parents('SS'))).toBe('skipped');
  });
});

describe('the rule of teardowns', () => {
  const setups = (letters: string): { total: number; success: number; skipped: number } => parents(letters);

  it.each([
    ['SF.', 'S', 'wait'],
    ['SF', '', 'run'],
    ['SFK', 'S', 'run'],
    ['SU', 'SF', 'run'],
    ['KK', 'K', 'skipped'],
    ['FU', 'F', 'upstreamFailed'],
    ['FK', 'FK', 'upstreamFailed'],
  ])('with parents %s, of which setups %s, decides: %s', (letters, setupLetters, decision) => {
    expect(decideTeardown(parents(letters), setups(setupLetters))).toBe(decision);
  });
});

const ended = fc.array(fc.constantFrom('S', 'K', 'F', 'U', 'R'), { minLength: 1, maxLength: 12 });

describe('every rule, for random parents', () => {
  it('has decided once all parents have ended', () => {
    fc.assert(
      fc.property(fc.constantFrom(...triggerRules), ended, (rule, letters) => {
        expect(decide(rule, parents(letters.join('')))).not.toBe('wait');
      }),
    );
  });

  it('never takes a decision back when more parents end, except to a sterner one that is never reached', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...triggerRules),
        ended.chain((letters) =>
          fc.tuple(fc.constant(letters), fc.shuffledSubarray(letters, { minLength: 0 })),
        ),
        (rule, [letters]) => {
          // The first decision other than "wait" is taken; it must be one that the full picture allows as well.
          const decisions = letters.map((_, done) =>
            decide(
              rule,
              parents(
                letters
                  .slice(0, done + 1)
                  .join('')
                  .padEnd(letters.length, '.'),
              ),
            ),
          );
          const first = decisions.find((decision) => decision !== 'wait');
          const last = decisions.at(-1);
          expect(first).toBeDefined();
          // A run is final for the eager rules; only a skip may meet a failure later and would then read otherwise.
          if (first === 'run') expect(last === 'run' || eagerRuns.includes(rule)).toBe(true);
          else expect(last).not.toBe('run');
        },
      ),
    );
  });

  it('depends on counts alone, not on the order of parents', () => {
    fc.assert(
      fc.property(fc.constantFrom(...triggerRules), ended, (rule, letters) => {
        const sorted = letters.toSorted().join('');
        expect(decide(rule, parents(letters.join('')))).toBe(decide(rule, parents(sorted)));
      }),
    );
  });
});

const eagerRuns: readonly TriggerRule[] = ['oneSuccess', 'oneFailed', 'oneDone', 'always'];
