import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Advice } from './advice.ts';
import { advise, adviseTogether } from './advise.ts';
import { confidenceOf } from './confidence.ts';
import { readCostOverrides } from './cost.ts';
import { explainQuestion } from './explain.ts';
import { judge } from './judge.ts';
import { defaultLimits } from './limits.ts';
import { monthsLater } from './review-date.ts';
import { adviceSchema } from './schema/advice-schema.ts';
import { answerSheetSchema } from './schema/answer-sheet-schema.ts';
import { questionTableSchema } from './schema/questions-schema.ts';
import { questionTable as table } from './table/question-table.ts';
import { readWeights } from './weights.ts';
import { whatIf } from './what-if.ts';

const today = '2026-11-25';

const onboarding = {
  duration: '>1d',
  longestWait: '>1d',
  human: 'in-path',
  shape: 'fixed+branches',
  trigger: 'request',
  throughput: '<1/s',
  latency: 'minutes',
  failure: 'resume',
  skillStateful: '1',
} as const;

const nightly = {
  duration: '<=1h',
  longestWait: 'none',
  human: 'none',
  shape: 'fixed',
  trigger: 'schedule',
  throughput: '<1/s',
  latency: 'hours',
  failure: 'retry-step',
} as const;

describe('an advice', () => {
  it('looks at itself again after half a year, also at the end of a month', () => {
    expect(advise({ answers: nightly }, { today }).reviewOn).toBe('2027-05-25');
    expect(monthsLater('2026-08-31', 6)).toBe('2027-02-28');
    expect(monthsLater('2026-12-31', 6)).toBe('2027-06-30');
    expect(() => monthsLater('2026-02-30', 6)).toThrow("The day is '2026-02-30'");
  });

  it('says which weights are yours, and what the default ones would give', () => {
    const weights = readWeights({ human: 0, longestWait: 0, duration: 0, failure: 20 }, table);
    const { weights: used } = advise({ answers: onboarding }, { today, weights });
    expect(used.source).toBe('yours');
    expect(used.changed).toContainEqual({ question: 'failure', default: 5, yours: 20 });
    expect(used.byDefault.paradigm).toBe('stateful');
    expect(() => readWeights({ humna: 1 }, table)).toThrow("did you mean 'human'?");
    expect(() => readWeights({ human: -1 }, table)).toThrow('expected a number from 0 to 20');
  });

  it('is of low confidence and asks for a prototype where two are close', () => {
    const close = advise({ answers: { duration: '<=1h', trigger: 'request' } }, { today });
    expect(close.recommendation.confidence).toBe('low');
    expect(close.nextStep).toContain('prototype');
  });

  it('is as confident as firmness, margin and answered share allow', () => {
    const verdict = judge(nightly, { table, limits: defaultLimits, weights: {} });
    expect(confidenceOf(verdict, 0.95, 0.5)).toBe('high');
    expect(confidenceOf(verdict, 0.94, 0.5)).toBe('medium');
    expect(confidenceOf(verdict, 0.95, 0.49)).toBe('medium');
    expect(confidenceOf(verdict, 0.79, 1)).toBe('low');
  });

  it('puts a part the recommended paradigm is worst at first, and others into phase 2', () => {
    const answers = { ...nightly, alsoContains: ['fan-out', 'approval', 'backfill'] };
    const { mix, starter, cost } = advise({ answers }, { today });
    expect(mix.map(({ part, when, home }) => `${part} ${when} ${home}`)).toEqual([
      'approval now stateful',
      'fan-out phase 2 event-driven',
    ]);
    expect(mix[1]?.sentence).toMatch(/only if you need .*; it adds 0\.5 to 1 hours/);
    expect(starter?.template).toBe('mixed');
    expect(cost?.components.length).toBeGreaterThan(0);
  });

  it('names the mistakes that apply', () => {
    const { mistakes } = advise(
      {
        answers: { ...nightly, skillDag: '0' },
        people: ['Ada'],
        preference: { paradigm: 'stateful', why: 'it is new' },
      },
      { today },
    );
    expect(mistakes.map(({ mistake }) => mistake)).toEqual([
      'hype',
      'learning curve',
      'over-engineering',
      'cost ignored',
      'team not involved',
    ]);
    const clean = advise(
      { answers: { ...nightly, skillDag: '3', ops: '2-8h/w', infra: 'database' }, people: ['Ada', 'Ben'] },
      { today },
    );
    expect(clean.mistakes).toEqual([]);
  });

  it('names skills to build down from what is needed', () => {
    const { skillGaps } = advise({ answers: { ...onboarding, effectCost: 'money/legal' } }, { today });
    expect(skillGaps).toMatchObject([{ paradigm: 'stateful', needed: 3, have: 1 }]);
    expect(skillGaps[0]?.learn).toHaveLength(2);
  });

  it('estimates cost from inputs that can all be replaced', () => {
    const costs = readCostOverrides({
      processes: 2,
      processPrice: 50,
      storeGb: 10,
      storeGbPrice: 1,
      operatingHours: { low: 1, high: 2 },
      hourlyRate: 100,
      trainingWeeks: 0,
    });
    const { cost } = advise({ answers: nightly }, { today, costs });
    expect(cost?.infrastructurePerMonth).toEqual({ low: 110, high: 110 });
    expect(cost?.peoplePerMonth).toEqual({ low: 433, high: 867 });
    expect(cost?.totalPerMonth).toEqual({ low: 543, high: 977 });
    expect(cost?.training).toEqual({ low: 0, high: 0 });
    expect(cost?.inputs.filter(({ source }) => source === 'assumption').map(({ id }) => id)).toEqual([
      'brokerNodes',
      'brokerNodePrice',
      'trainingHoursPerWeek',
    ]);
    expect(() => readCostOverrides({ hourlyRate: -1 })).toThrow("The cost 'hourlyRate' is -1");
    expect(() => readCostOverrides({ hourlyRate: { low: 2, high: 1 } })).toThrow("The cost 'hourlyRate'");
    expect(() => readCostOverrides({ hourlyrates: 1 })).toThrow("did you mean 'hourlyRate'?");
  });

  it('varies weights the same way each time', () => {
    const first = advise({ answers: onboarding }, { today }).robustness;
    expect(advise({ answers: onboarding }, { today }).robustness).toEqual(first);
    expect(first).toMatchObject({ runs: 1_000, spread: 0.5 });
  });
});

describe('several sheets', () => {
  const one = { answers: { ...onboarding, throughput: '<1/s', latency: 'minutes' }, people: ['Ada'] };
  const two = { answers: { ...onboarding, throughput: '>10k/s', latency: 'hours' }, people: ['Ben'] };

  it('show who differs, and put what changes the choice on the agenda first', () => {
    const { disagreements, people, answers } = adviseTogether([one, two], { today });
    expect(disagreements.map(({ question, matters }) => [question, matters])).toEqual([
      ['throughput', true],
      ['latency', false],
    ]);
    expect(disagreements[0]?.answers).toEqual([
      { option: '<1/s', by: ['Ada'], leader: 'stateful' },
      { option: '>10k/s', by: ['Ben'], leader: 'event-driven' },
    ]);
    expect(people.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
    expect(answers).not.toHaveProperty('throughput');
  });

  it('put all on the agenda where only all differences together explain different results', () => {
    const longer = { ...nightly, duration: '>1d', longestWait: '>1d', human: 'in-path', failure: 'resume' };
    const { disagreements } = adviseTogether([{ answers: nightly }, { answers: longer }], { today });
    expect(disagreements).toHaveLength(4);
    expect(new Set(disagreements.flatMap(({ answers }) => answers.map(({ leader }) => leader))).size).toBe(1);
    expect(disagreements.every(({ matters }) => matters)).toBe(true);
  });

  it('follow a majority', () => {
    const { answers } = adviseTogether([one, two, one], { today });
    expect(answers).toMatchObject({ throughput: '<1/s', latency: 'minutes' });
  });

  it('that agree are the same as one', () => {
    const together = adviseTogether([one, one], { today });
    expect(together).toEqual(advise(one, { today }));
  });
});

describe('what if', () => {
  it('says what another answer would do, and "not sure" withdraws one', () => {
    expect(whatIf({ answers: onboarding }, { throughput: '>10k/s' })).toMatchObject({
      before: { paradigm: 'stateful' },
      after: { paradigm: 'event-driven' },
      isFlipped: true,
    });
    const { before, after } = whatIf({ answers: onboarding }, { human: 'not sure' });
    const { human: _, ...rest } = onboarding;
    expect(before).not.toEqual(after);
    expect(after.fits).toEqual(advise({ answers: rest }, { today }).fits);
    expect(() => whatIf({ answers: {} }, { humann: 'none' })).toThrow("did you mean 'human'?");
  });

  it('explains a question answer by answer', () => {
    const { options, chosen } = explainQuestion({ answers: onboarding }, 'throughput');
    expect(chosen).toBe('<1/s');
    expect(options.map(({ leader }) => leader)).toEqual([
      'stateful',
      'stateful',
      'stateful',
      'stateful',
      'event-driven',
    ]);
    expect(() => explainQuestion({ answers: {} }, 'troughput')).toThrow("did you mean 'throughput'?");
  });
});

describe('the published schemas', { timeout: 60_000 }, () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const isAdvice: ValidateFunction = ajv.compile(adviceSchema);
  const isSheet: ValidateFunction = ajv.compile(answerSheetSchema);

  it('describe every advice', () => {
    const answers = fc
      .tuple(
        ...table.questions.map(({ id, role, options }) => {
          const ids = options.map((option) => option.id);
          const answer: fc.Arbitrary<string | string[]> =
            role === 'parts' ? fc.subarray(ids) : fc.constantFrom(...ids);
          return fc.option(answer).map((value) => [id, value] as const);
        }),
      )
      .map(
        (pairs) => Object.fromEntries(pairs.filter(([, value]) => value !== null)) as Record<string, string>,
      );
    fc.assert(
      fc.property(answers, (given) => {
        const sheet = { answers: given, people: ['Ada', { name: 'Ben', role: 'lead', part: 'informed' }] };
        expect(isSheet(sheet), ajv.errorsText(isSheet.errors)).toBe(true);
        const advice: Advice = JSON.parse(JSON.stringify(advise(sheet, { today }))) as Advice;
        expect(isAdvice(advice), ajv.errorsText(isAdvice.errors)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('describe the question table', () => {
    const isTable = ajv.compile(questionTableSchema);
    expect(isTable(table), ajv.errorsText(isTable.errors)).toBe(true);
  });

  it('refuse what the advisor refuses', () => {
    expect(isSheet({ answers: { latency: 'minuets' } })).toBe(false);
    expect(isSheet({ answers: { latancy: 'hours' } })).toBe(false);
    expect(isAdvice({ ...advise({ answers: {} }, { today }), extra: 1 })).toBe(false);
  });
});
