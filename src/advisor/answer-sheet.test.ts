import { describe, expect, it } from 'vitest';
import { advise } from './advise.ts';
import { checkAnswerSheet } from './answer-sheet.ts';
import { questionTable as table } from './table/question-table.ts';

const today = '2026-11-25';

describe('an answer sheet', () => {
  it.each([
    [
      'an unknown question, with the nearest',
      { answers: { latancy: 'hours' } },
      "no question 'latancy'; did you mean 'latency'?",
    ],
    [
      'an unknown option, with the nearest',
      { answers: { latency: 'minuets' } },
      "no option of 'latency' 'minuets'; did you mean 'minutes'?",
    ],
    [
      'an unknown option without a near one',
      { answers: { latency: 'whenever it suits' } },
      'expected one of hours, minutes',
    ],
    ['an unknown member, with the nearest', { answer: {} }, "no option 'answer'; did you mean 'answers'?"],
    ['a number as an answer', { answers: { latency: 5 } }, "The answer to 'latency' is 5"],
    ['a text where a list is meant', { answers: { alsoContains: 'saga' } }, 'expected a list of'],
    ['an unknown part', { answers: { alsoContains: ['sagas'] } }, "did you mean 'saga'?"],
    ['a list of answers', { answers: [] }, "The sheet's 'answers' is a list; expected an object."],
    ['no sheet at all', null, 'The answer sheet is null; expected an object.'],
    ['people that are no list', { people: 'Ada' }, "'people' are not a list"],
    ['a person without a name', { people: [{ role: 'lead' }] }, 'The name of a person'],
    ['a person of an unknown part', { people: [{ name: 'Ada', part: 'decide' }] }, "did you mean 'decides'?"],
    ['a preference for nothing known', { preference: { paradigm: 'statefull' } }, "did you mean 'stateful'?"],
    ['control characters in a text', { people: ['Ada\u001b[2J'] }, 'expected one line'],
  ])('is refused for %s', (_, sheet, message) => {
    expect(() => checkAnswerSheet(sheet, table)).toThrow(message);
    expect(() => checkAnswerSheet(sheet, table)).toThrow(
      expect.objectContaining({ code: 'TUTTI_ANSWERS_INVALID' }) as Error,
    );
  });

  it('without any answer recommends nothing and says what to answer first', () => {
    const { recommendation, excluded, cost } = advise({ answers: {} }, { today });
    expect(recommendation).toMatchObject({ paradigm: 'none', confidence: 'low' });
    expect(recommendation.why).toMatch(/^Nothing is answered yet\. Answer first: "\w+", "\w+", "\w+"\.$/);
    expect([excluded, cost]).toEqual([[], null]);
  });

  it('asks for questions that exist when nothing is answered', () => {
    const { recommendation } = advise({ answers: {} }, { today });
    const asked = [...recommendation.why.matchAll(/"(\w+)"/g)].map((match) => match[1]);
    expect(asked.every((id) => table.questions.some((question) => question.id === id))).toBe(true);
  });
});

describe('contradictory answers', () => {
  it.each([
    ['a wait longer than the run', { longestWait: '>1d', duration: '<=1h' }, ['longestWait', 'duration']],
    ['a person, but no wait', { human: 'in-path', longestWait: 'none' }, ['human', 'longestWait']],
    ['a stream that hardly flows', { trigger: 'stream', throughput: '<1/s' }, ['trigger', 'throughput']],
    [
      'an approval without a person',
      { human: 'none', alsoContains: ['approval'] },
      ['alsoContains', 'human'],
    ],
    ['one step with loops', { steps: 'one', shape: 'loops' }, ['steps', 'shape']],
  ])('are named, and the advice goes on: %s', (_, answers, questions) => {
    const { contradictions, contributions } = advise({ answers }, { today });
    expect(contradictions.map((contradiction) => contradiction.questions)).toContainEqual(questions);
    expect(contributions.length).toBeGreaterThan(0);
  });

  it('are none where answers only touch', () => {
    const answers = {
      longestWait: '<=1h',
      duration: '<=1h',
      human: 'in-path',
      trigger: 'schedule',
      latency: 'hours',
    };
    expect(advise({ answers }, { today }).contradictions).toEqual([]);
  });
});
