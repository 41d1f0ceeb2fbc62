import { plainOption, type Question } from '../question.ts';

/** Questions that give no points: two that can exclude, and one about parts that may live in another paradigm. */
export const unscoredQuestions: readonly Question[] = [
  {
    id: 'transitions',
    role: 'gate',
    dimension: 'load',
    weight: 0,
    isQuick: false,
    text: 'How many hand-offs per second happen inside one run?',
    help: 'Steps per second of a single run, not of all runs together.',
    example: 'A video stream analysed frame by frame, a step per frame: "more than 10 per second".',
    options: [
      plainOption('<1/s', 'less than 1 per second', { from: 0, to: 1 }),
      plainOption('1-10/s', '1 to 10 per second', { from: 1, to: 10 }),
      plainOption('>10/s', 'more than 10 per second', { from: 10 }),
    ],
  },
  {
    id: 'steps',
    role: 'gate',
    dimension: 'control',
    weight: 0,
    isQuick: false,
    text: 'How many steps does a run have?',
    help: 'Things that can fail on their own and would be repeated on their own.',
    example: 'A nightly script that copies one file: "one".',
    options: [plainOption('one', 'one'), plainOption('several', 'several')],
  },
  {
    id: 'alsoContains',
    role: 'parts',
    dimension: 'control',
    weight: 0,
    isQuick: false,
    text: 'Which of these parts occur too?',
    help: 'Parts of the whole flow that are unlike the rest. Choose as many as apply.',
    example: 'A nightly load that a controller must release: "an approval by a person".',
    options: [
      plainOption('approval', 'an approval by a person'),
      plainOption('saga', 'steps that must be undone together'),
      plainOption('long-wait', 'a wait of more than a day'),
      plainOption('stream', 'a stream of high volume'),
      plainOption('fan-out', 'facts that other teams read'),
      plainOption('batch', 'a batch on a schedule'),
      plainOption('backfill', 'computing past intervals again'),
    ],
  },
];
