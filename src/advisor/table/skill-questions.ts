import type { Paradigm } from '../paradigm.ts';
import { optionAbout, type Cell, type Question } from '../question.ts';

const labels = [
  'nobody knows it',
  'someone has read about it',
  'someone has built it',
  'it ran in production',
];

interface Skill {
  readonly id: string;
  readonly paradigm: Paradigm;
  readonly text: string;
  readonly example: string;
  /** By level, 0 to 3. */
  readonly cells: readonly Cell[];
}

const skills: readonly Skill[] = [
  {
    id: 'skillDag',
    paradigm: 'pipeline',
    text: 'How well does the team know pipelines of tasks?',
    example: 'Two people ran Airflow for a year: "it ran in production".',
    cells: [
      [-2, 'Intervals, idempotent tasks and backfills would all be new.'],
      [0, 'The ideas are known, the habits are not.'],
      [1, 'Someone has built pipelines before.'],
      [2, 'The team has run pipelines and knows how they fail.'],
    ],
  },
  {
    id: 'skillEvent',
    paradigm: 'event-driven',
    text: 'How well does the team know event-driven systems?',
    example: 'A prototype on Kafka that never went live: "someone has built it".',
    cells: [
      [-2, 'Order, duplicates, schemas and dead letters would all be new, and all at once.'],
      [-1, 'Reading about it hides what duplicates and order cost in practice.'],
      [1, 'Someone has built consumers before.'],
      [2, 'The team has run events in production and knows how they fail.'],
    ],
  },
  {
    id: 'skillStateful',
    paradigm: 'stateful',
    text: 'How well does the team know durable workflows?',
    example: 'One service on Temporal since spring: "it ran in production".',
    cells: [
      [-1, 'Determinism and versioning would be new; the rest is ordinary code.'],
      [0, 'The ideas are known, the habits are not.'],
      [1, 'Someone has built durable workflows before.'],
      [2, 'The team has run durable workflows and knows how they fail.'],
    ],
  },
];

/** What the team knows, a question per paradigm. */
export const skillQuestions: readonly Question[] = skills.map(({ id, paradigm, text, example, cells }) => ({
  id,
  role: 'score',
  dimension: 'skills',
  weight: 3,
  isQuick: false,
  text,
  help: '0 nobody, 1 read about it, 2 built something, 3 ran it in production. Take the best two people.',
  example,
  options: cells.map((cell, level) => optionAbout(paradigm, String(level), labels[level] ?? '', cell)),
}));
