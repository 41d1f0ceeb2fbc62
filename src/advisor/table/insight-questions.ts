import { option, type Question } from '../question.ts';

/** What can be seen, now and later. */
export const insightQuestions: readonly Question[] = [
  {
    id: 'history',
    role: 'score',
    dimension: 'insight',
    weight: 3,
    isQuick: false,
    text: 'What must history give?',
    help: 'What someone will ask for in a year.',
    example: 'Recomputing last March with a corrected formula: "backfill by date".',
    options: [
      option('logs', 'logs are enough', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [0, 'Makes no difference.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('audit', 'an audit trail per run', {
        pipeline: [0, 'States of tasks are kept, decisions within them are not.'],
        'event-driven': [-1, 'The story of one case has to be collected from many topics.'],
        stateful: [2, 'The journal is the audit trail.'],
      }),
      option('replay-log', 'all events replayed into new readers', {
        pipeline: [-1, 'Past runs are not a log that a new reader could start from.'],
        'event-driven': [2, 'A new group starts at the beginning of the log.'],
        stateful: [-1, 'A journal belongs to its run; others cannot subscribe to the past.'],
      }),
      option('backfill', 'past intervals computed again', {
        pipeline: [2, 'Backfills over data intervals are built in.'],
        'event-driven': [0, 'Rewinding a group repeats everything since then, not one day.'],
        stateful: [-1, 'Runs know no data interval.'],
      }),
    ],
  },
  {
    id: 'visibility',
    role: 'score',
    dimension: 'insight',
    weight: 3,
    isQuick: false,
    text: 'How important is it to see one case from end to end?',
    help: 'By people who did not write the code.',
    example: 'Support answers customers about their cases daily: "high".',
    options: [
      option('low', 'low', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [1, 'What it lacks is not missed.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('medium', 'medium', {
        pipeline: [1, 'The graph with its colours says most of it.'],
        'event-driven': [0, 'Tracing makes it bearable.'],
        stateful: [1, 'Every run shows what it did and what it waits for.'],
      }),
      option('high', 'high', {
        pipeline: [1, 'The graph with its colours says most of it.'],
        'event-driven': [-2, 'No single place knows the whole case.'],
        stateful: [2, 'Every run shows what it did and what it waits for.'],
      }),
    ],
  },
  {
    id: 'tracing',
    role: 'score',
    dimension: 'insight',
    weight: 2,
    isQuick: false,
    text: 'Is distributed tracing in place?',
    help: 'Trace ids that go through all services, and a place to look at them.',
    example: 'OpenTelemetry in two of nine services: "in some places".',
    options: [
      option('none', 'no', {
        pipeline: [1, 'The run itself shows its path.'],
        'event-driven': [-2, 'Without traces a lost event is found by reading code.'],
        stateful: [1, 'The journal shows the path.'],
      }),
      option('some', 'in some places', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [0, 'A start; the gaps are where events get lost.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('mature', 'everywhere, and people use it', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [1, 'Traces show what choreography hides.'],
        stateful: [0, 'Makes no difference.'],
      }),
    ],
  },
];
