import { option, type Question } from '../question.ts';

/** What happens when something breaks. */
export const failureQuestions: readonly Question[] = [
  {
    id: 'failure',
    role: 'score',
    dimension: 'failure',
    weight: 5,
    isQuick: true,
    text: 'What must happen when a step fails for good?',
    help: 'After all retries. Take what the business asks for, not what the present system does.',
    example: 'If the car is sold out, the flight is canceled: "undo earlier steps".',
    options: [
      option('rerun-all', 'run everything again', {
        pipeline: [1, 'A run over the same interval repeats cleanly, if tasks are idempotent.'],
        'event-driven': [1, 'The event is read again.'],
        stateful: [-1, 'Keeping finished steps is not needed.'],
      }),
      option('retry-step', 'run that step again', {
        pipeline: [2, 'Clearing one task and what follows it is an everyday operation.'],
        'event-driven': [1, 'A redelivery or a redrive repeats one handler.'],
        stateful: [0, 'Works; more is possible than asked for.'],
      }),
      option('resume', 'go on later without doing anything twice', {
        pipeline: [1, 'Finished tasks are kept, at the grain of tasks.'],
        'event-driven': [-1, 'Nobody knows what was done already but the handlers themselves.'],
        stateful: [2, 'Every finished step is recorded and never runs again.'],
      }),
      option('compensate', 'undo earlier steps', {
        pipeline: [-2, 'Undoing in reverse order is not what a graph describes.'],
        'event-driven': [-1, 'A choreographed saga works, and nobody can see it as a whole.'],
        stateful: [2, 'Compensations stand beside their steps and run in reverse, durably.'],
      }),
    ],
  },
  {
    id: 'effectCost',
    role: 'score',
    dimension: 'failure',
    weight: 3,
    isQuick: false,
    text: 'What does one lost or doubled effect cost?',
    help: 'One mail sent twice, one payment missing, one row counted double.',
    example: 'A customer charged twice: "money, law or safety".',
    options: [
      option('negligible', 'next to nothing', {
        pipeline: [1, 'The next run corrects it.'],
        'event-driven': [1, 'At least once is good enough.'],
        stateful: [-1, 'The care it takes is not needed.'],
      }),
      option('annoying', 'it is annoying', {
        pipeline: [1, 'Idempotent writes over an interval keep it rare.'],
        'event-driven': [0, 'Readers have to recognise duplicates.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('costly', 'it is costly', {
        pipeline: [0, 'Depends on idempotent tasks.'],
        'event-driven': [-1, 'Every reader has to be right about duplicates and order.'],
        stateful: [1, 'Each step has a stable key by which others recognise a repetition.'],
      }),
      option('money/legal', 'it is about money, law or safety', {
        pipeline: [-1, 'A cleared task repeats its effects.'],
        'event-driven': [-1, 'Every reader has to be right about duplicates and order.'],
        stateful: [2, 'Recorded results and keys per step make an effect provable.'],
      }),
    ],
  },
  {
    id: 'consistency',
    role: 'score',
    dimension: 'failure',
    weight: 3,
    isQuick: false,
    text: 'What must be true at any moment?',
    help: 'The strongest thing that someone relies on while runs are under way.',
    example: 'Support must say where an order is right now: "where is X?".',
    options: [
      option('eventual', 'eventual consistency is fine', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [2, 'Readers may lag, and that is what makes them independent.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('status', '"where is X now?" has an answer', {
        pipeline: [1, 'The state of the run says it, at the grain of tasks.'],
        'event-driven': [-1, 'The answer is spread over all readers.'],
        stateful: [2, 'The run is the answer: its step, its wait, since when.'],
      }),
      option('invariants', 'rules hold across several steps', {
        pipeline: [0, 'Within one task, yes; across tasks only by care.'],
        'event-driven': [-2, 'No reader sees enough to guard a rule that spans several.'],
        stateful: [2, 'One owner per run guards the rule from the first step to the last.'],
      }),
    ],
  },
];
