import { option, type Question } from '../question.ts';

/** How much, how fast, how big. */
export const loadQuestions: readonly Question[] = [
  {
    id: 'throughput',
    role: 'score',
    dimension: 'load',
    weight: 5,
    isQuick: true,
    text: 'How many starts or events per second at the peak?',
    help: 'Starts of whole runs, or events that arrive; not steps. Divide a daily peak hour by 3,600.',
    example: '40,000 orders a day with a third of them in one hour are about 4 per second.',
    options: [
      option(
        '<1/s',
        'less than 1 per second',
        {
          pipeline: [1, 'Few large runs are what schedulers are made for.'],
          'event-driven': [-1, 'Brokers and consumer groups would stand idle.'],
          stateful: [1, 'Every run can be kept, searched and shown.'],
        },
        { from: 0, to: 1 },
      ),
      option(
        '1-50/s',
        '1 to 50 per second',
        {
          pipeline: [0, 'Possible when each run is small.'],
          'event-driven': [0, 'Works, without needing it.'],
          stateful: [1, 'Well within what one durable store commits.'],
        },
        { from: 1, to: 50 },
      ),
      option(
        '50-1k/s',
        '50 to 1,000 per second',
        {
          pipeline: [-1, 'The scheduler becomes the bottleneck.'],
          'event-driven': [1, 'Batches and partitions begin to pay.'],
          stateful: [0, 'Possible with group commits; watch the store.'],
        },
        { from: 50, to: 1_000 },
      ),
      option(
        '1k-10k/s',
        '1,000 to 10,000 per second',
        {
          pipeline: [-2, 'Far beyond what starts of graphs can follow.'],
          'event-driven': [2, 'Partitioned logs scale with readers.'],
          stateful: [
            -1,
            'Each start and each step is a durable row; it takes several workers and a strong store.',
          ],
        },
        { from: 1_000, to: 10_000 },
      ),
      option(
        '>10k/s',
        'more than 10,000 per second',
        {
          pipeline: [-2, 'Far beyond what starts of graphs can follow.'],
          'event-driven': [2, 'Only a log written in batches keeps up.'],
          stateful: [-2, 'A durable row per step costs more than the step.'],
        },
        { from: 10_000 },
      ),
    ],
  },
  {
    id: 'latency',
    role: 'score',
    dimension: 'load',
    weight: 5,
    isQuick: true,
    text: 'By when must the first useful result be there, at the 99th percentile?',
    help: 'The first answer someone can use, not the end of the run.',
    example: 'A card payment must be judged while the customer waits: "under 100 milliseconds".',
    options: [
      option(
        'hours',
        'within hours',
        {
          pipeline: [2, 'Time enough to collect and to compute in bulk.'],
          'event-driven': [-1, 'Reacting at once is paid for and not used.'],
          stateful: [0, 'Makes no difference.'],
        },
        { from: 3_600_000 },
      ),
      option(
        'minutes',
        'within minutes',
        {
          pipeline: [1, 'A frequent schedule or a trigger suffices.'],
          'event-driven': [0, 'Fast enough, without needing it.'],
          stateful: [1, 'Steps follow each other without a scheduler between them.'],
        },
        { from: 60_000, to: 3_600_000 },
      ),
      option(
        'seconds',
        'within seconds',
        {
          pipeline: [-1, 'Handing tasks to workers takes seconds in most schedulers.'],
          'event-driven': [1, 'Handlers start within milliseconds.'],
          stateful: [1, 'A step costs a commit: milliseconds.'],
        },
        { from: 1_000, to: 60_000 },
      ),
      option(
        '<1s',
        'under a second',
        {
          pipeline: [-2, 'The overhead between two tasks alone exceeds it.'],
          'event-driven': [2, 'A reaction is one hop.'],
          stateful: [0, 'Reachable with few steps in the fast part.'],
        },
        { from: 100, to: 1_000 },
      ),
      option(
        '<100ms',
        'under 100 milliseconds',
        {
          pipeline: [-2, 'The overhead between two tasks alone exceeds it.'],
          'event-driven': [2, 'A reaction in memory, with its cursor committed afterwards.'],
          stateful: [-2, 'A commit per step leaves room for very few steps.'],
        },
        { from: 0, to: 100 },
      ),
    ],
  },
  {
    id: 'handoff',
    role: 'score',
    dimension: 'load',
    weight: 2,
    isQuick: false,
    text: 'What is passed from one step to the next?',
    help: 'The size of a typical value between two steps.',
    example: 'A Parquet file in object storage whose path is passed on: "files or tables by reference".',
    options: [
      option('small', 'small values, at most 1 MB', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [0, 'Makes no difference.'],
        stateful: [1, 'Small results are recorded as they are.'],
      }),
      option('by-reference', 'files or tables, by reference', {
        pipeline: [2, 'Targets, partitions and lineage are made for data that lies elsewhere.'],
        'event-driven': [-1, 'An event that points to data may arrive before the data, or outlive it.'],
        stateful: [0, 'References are small values; what they point to is yours to keep.'],
      }),
      option('record-stream', 'a stream of records', {
        pipeline: [-2, 'A task hands over when it has ended, and a stream does not end.'],
        'event-driven': [2, 'A topic is a stream of records.'],
        stateful: [-1, 'Recording every record of a stream makes the journal the stream.'],
      }),
    ],
  },
];
