import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { advise } from './advise.ts';
import { exclusionsOf } from './exclusions.ts';
import { judge, leaderOf, type Chosen } from './judge.ts';
import { defaultLimits } from './limits.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import { notSure, questionOf, scoredQuestions } from './question.ts';
import { termsOf, scoresOf } from './score.ts';
import { questionTable as table } from './table/question-table.ts';

const measure = { table, limits: defaultLimits, weights: {} };
const today = '2026-11-25';

/** Any sheet: each question answered by one of its options, or left out. */
const anyAnswers: fc.Arbitrary<Chosen> = fc
  .tuple(
    ...table.questions
      .filter(({ role }) => role !== 'parts')
      .map(({ id, options }) =>
        fc
          .option(fc.constantFrom(...options.map((option) => option.id)))
          .map((option) => [id, option] as const),
      ),
  )
  .map((pairs) => Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== null)));

function fitOf(chosen: Chosen, paradigm: Paradigm): number {
  return judge(chosen, measure).scores[paradigm].fit;
}

// Thousands of sheets each: more than a unit test may take where the machine is shared.
describe('an advice', { timeout: 60_000 }, () => {
  it('is neutral: each paradigm wins 25 to 40 % of random sheets when nothing is excluded', () => {
    const random = seededRandom('neutrality');
    const sheets = 20_000;
    const wins: Record<string, number> = {};
    for (let sheet = 0; sheet < sheets; sheet += 1) {
      const chosen = Object.fromEntries(
        scoredQuestions(table).map(({ id, options }) => [id, options[random.uint32() % options.length]!.id]),
      );
      const scores = scoresOf(termsOf(table, chosen, {}));
      const best = paradigms.toSorted((left, right) => scores[right].fit - scores[left].fit)[0]!;
      wins[best] = (wins[best] ?? 0) + 1;
    }
    for (const paradigm of paradigms) {
      expect(wins[paradigm]! / sheets, paradigm).toBeGreaterThanOrEqual(0.25);
      expect(wins[paradigm]! / sheets, paradigm).toBeLessThanOrEqual(0.4);
    }
  });

  it('is monotone: more throughput never helps pipelines or stateful workflows', () => {
    expectMonotone('throughput', ['pipeline', 'stateful'], (less, more) => more <= less);
  });

  it('is monotone: longer waits never hurt stateful workflows', () => {
    expectMonotone('longestWait', ['stateful'], (less, more) => more >= less);
  });

  it.each([
    ['skillDag', 'pipeline'],
    ['skillEvent', 'event-driven'],
    ['skillStateful', 'stateful'],
  ] as const)('is monotone: more %s never hurts its own paradigm', (question, paradigm) => {
    expectMonotone(question, [paradigm], (less, more) => more >= less);
  });

  it('is additive: contributions sum to the score', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const { contributions, scores } = advise({ answers }, { today });
        for (const paradigm of paradigms) {
          const sum = contributions.reduce((total, { points }) => total + points[paradigm], 0);
          expect(sum).toBe(scores[paradigm].raw);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('lists every flip, and each does what it says', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const { flips, recommendation } = advise({ answers }, { today });
        const listed = new Set(flips.map(({ question, to }) => `${question} ${to}`));
        for (const [id, from] of Object.entries(answers)) {
          for (const { id: to } of questionOf(table, id)!.options) {
            if (to === from) continue;
            const leader = advise({ answers: { ...answers, [id]: to } }, { today }).recommendation.paradigm;
            expect(listed.has(`${id} ${to}`)).toBe(leader !== recommendation.paradigm);
            const flip = flips.find(({ question, to: other }) => question === id && other === to);
            if (flip !== undefined) expect(flip.leader).toBe(leader);
          }
        }
      }),
      { numRuns: 2 },
    );
  });

  it('is not moved by "not sure": it excludes nothing, and equals a question left out', () => {
    fc.assert(
      fc.property(anyAnswers, fc.constantFrom(...table.questions.map(({ id }) => id)), (answers, id) => {
        const { [id]: _, ...rest } = answers;
        expect(advise({ answers: { ...answers, [id]: notSure } }, { today })).toEqual(
          advise({ answers: rest }, { today }),
        );
        expect(exclusionsOf(table, rest, defaultLimits).length).toBeLessThanOrEqual(
          exclusionsOf(table, answers, defaultLimits).length,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('depends on the answers alone, not on their order', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const reversed = Object.fromEntries(Object.entries(answers).toReversed());
        expect(JSON.stringify(advise({ answers: reversed }, { today }))).toBe(
          JSON.stringify(advise({ answers }, { today })),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('says of every critical weight the smallest change that flips, and none smaller does', () => {
    fc.assert(
      fc.property(anyAnswers, (answers) => {
        const { criticalWeights, recommendation } = advise({ answers }, { today });
        for (const { question, weight, changePercent, leader } of criticalWeights) {
          const leaderWith = (percent: number): string =>
            leaderOf(judge(answers, { ...measure, weights: { [question]: weight * (1 + percent / 100) } }));
          expect(leaderWith(changePercent)).toBe(leader);
          expect(leaderWith(changePercent - Math.sign(changePercent))).toBe(recommendation.paradigm);
        }
      }),
      { numRuns: 20 },
    );
  });
});

function expectMonotone(
  id: string,
  among: readonly Paradigm[],
  isOrdered: (less: number, more: number) => boolean,
): void {
  const { options } = questionOf(table, id)!;
  fc.assert(
    fc.property(anyAnswers, (answers) => {
      for (const paradigm of among) {
        const fits = options.map((option) => fitOf({ ...answers, [id]: option.id }, paradigm));
        for (const [index, fit] of fits.entries()) {
          // Fits are quotients of sums; the last bits are no order.
          const before = fits[index - 1];
          if (before !== undefined && Math.abs(fit - before) > 1e-9)
            expect(isOrdered(before, fit)).toBe(true);
        }
      }
    }),
  );
}
