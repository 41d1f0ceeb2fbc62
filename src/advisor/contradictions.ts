import type { CheckedSheet } from './answer-sheet.ts';
import { optionOf, questionOf, type Option, type QuestionTable } from './question.ts';

/** Two answers that cannot both be right. Both stay counted; the sentence says what to look at. */
export interface Contradiction {
  readonly questions: readonly [string, string];
  readonly sentence: string;
}

interface Facts {
  readonly answer: (question: string) => string | undefined;
  readonly option: (question: string) => Option | undefined;
  readonly parts: readonly string[];
}

interface Rule {
  readonly questions: readonly [string, string];
  readonly isBroken: (facts: Facts) => boolean;
  readonly sentence: string;
}

const rules: readonly Rule[] = [
  {
    questions: ['longestWait', 'duration'],
    isBroken: ({ option }) => {
      const wait = option('longestWait')?.from;
      const duration = option('duration')?.to;
      return wait !== undefined && duration !== undefined && wait >= duration;
    },
    sentence: 'A single wait is longer than the whole run.',
  },
  {
    questions: ['human', 'longestWait'],
    isBroken: ({ answer }) => answer('human') === 'in-path' && answer('longestWait') === 'none',
    sentence: 'A person is in the normal path, but nothing ever waits.',
  },
  {
    questions: ['human', 'duration'],
    isBroken: ({ answer }) => answer('human') === 'in-path' && answer('duration') === '<=1s',
    sentence: 'A person is in the normal path, but a run takes at most a second.',
  },
  {
    questions: ['trigger', 'throughput'],
    isBroken: ({ answer, option }) =>
      answer('trigger') === 'schedule' && (option('throughput')?.from ?? 0) >= 1_000,
    sentence: 'A schedule starts it, but more than a thousand times per second.',
  },
  {
    questions: ['trigger', 'throughput'],
    isBroken: ({ answer }) => answer('trigger') === 'stream' && answer('throughput') === '<1/s',
    sentence: 'A continuous stream starts it, but less than once per second.',
  },
  {
    questions: ['latency', 'trigger'],
    isBroken: ({ answer, option }) =>
      answer('trigger') === 'schedule' && (option('latency')?.to ?? Number.POSITIVE_INFINITY) <= 1_000,
    sentence: 'A schedule starts it, but the first result must be there within a second.',
  },
  {
    questions: ['shape', 'consistency'],
    isBroken: ({ answer }) => answer('shape') === 'emergent' && answer('consistency') === 'invariants',
    sentence: 'Nobody owns the flow, but someone must guard rules across its steps.',
  },
  {
    questions: ['shape', 'consumers'],
    isBroken: ({ answer }) => answer('shape') === 'emergent' && answer('consumers') === '1',
    sentence: 'Independent reactions make up the flow, but each fact has a single reader.',
  },
  {
    questions: ['failure', 'effectCost'],
    isBroken: ({ answer }) => answer('failure') === 'compensate' && answer('effectCost') === 'negligible',
    sentence: 'Earlier steps must be undone, but a wrong effect costs next to nothing.',
  },
  {
    questions: ['steps', 'shape'],
    isBroken: ({ answer }) => answer('steps') === 'one' && !['fixed', undefined].includes(answer('shape')),
    sentence: 'There is one step only, but the flow has a shape.',
  },
  {
    questions: ['alsoContains', 'human'],
    isBroken: ({ answer, parts }) => parts.includes('approval') && answer('human') === 'none',
    sentence: 'An approval occurs, but no person is part of the flow.',
  },
  {
    questions: ['alsoContains', 'longestWait'],
    isBroken: ({ option, parts }) =>
      parts.includes('long-wait') && (option('longestWait')?.to ?? Number.POSITIVE_INFINITY) <= 86_400_000,
    sentence: 'A wait of more than a day occurs, but the longest wait is shorter.',
  },
];

/** The contradictions among the answers, in the order of the rules. */
export function contradictionsOf(table: QuestionTable, sheet: CheckedSheet): readonly Contradiction[] {
  const answer = (id: string): string | undefined => sheet.chosen[id];
  const option = (id: string): Option | undefined => {
    const question = questionOf(table, id);
    const chosen = answer(id);
    return question === undefined || chosen === undefined ? undefined : optionOf(question, chosen);
  };
  return rules
    .filter(({ isBroken }) => isBroken({ answer, option, parts: sheet.parts }))
    .map(({ questions, sentence }) => ({ questions, sentence }));
}
