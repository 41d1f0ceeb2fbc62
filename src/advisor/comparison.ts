import type { PerParadigm } from './paradigm.ts';

/** One row of the comparison: a word or two per paradigm, and a sentence of reason for each. */
export interface ComparisonRow {
  readonly aspect: string;
  readonly cells: PerParadigm<readonly [value: string, reason: string]>;
}

/** How the three compare in general, before anyone has answered a question. */
export const comparison: readonly ComparisonRow[] = [
  {
    aspect: 'Complexity',
    cells: {
      pipeline: [
        'low',
        'The graph is declared, drawn and checked before it runs; only data dependencies need thought.',
      ],
      'event-driven': [
        'high',
        'Each part is simple, but order, duplicates and the whole flow exist only between the parts.',
      ],
      stateful: [
        'medium',
        'The flow is ordinary code; determinism and versions under open runs must be learned.',
      ],
    },
  },
  {
    aspect: 'Scalability',
    cells: {
      pipeline: [
        'in volume',
        'Large data scales with the workers of a task; the number of starts is limited by the scheduler.',
      ],
      'event-driven': [
        'in rate and readers',
        'Partitions add throughput, and a new reader costs the writer nothing.',
      ],
      stateful: [
        'in open runs',
        'Millions can wait on disk; the rate is limited by one durable row per step.',
      ],
    },
  },
  {
    aspect: 'Fault tolerance',
    cells: {
      pipeline: [
        'retry the task',
        'A failed task is repeated, and what follows is cleared, so tasks must be idempotent.',
      ],
      'event-driven': [
        'redeliver the event',
        'What was not acknowledged comes again; the poisonous goes to a dead-letter topic.',
      ],
      stateful: [
        'resume the run',
        'Finished steps are recorded and never repeated; compensations undo what must not stay.',
      ],
    },
  },
  {
    aspect: 'Debugging',
    cells: {
      pipeline: ['easy', 'The coloured graph shows the failed task, and its log and input lie beside it.'],
      'event-driven': [
        'hard',
        'A case has to be collected from several logs, which needs trace ids everywhere.',
      ],
      stateful: ['easy', 'The journal is the story of the case, and can be replayed in a debugger.'],
    },
  },
  {
    aspect: 'Long-running steps',
    cells: {
      pipeline: [
        'hours of computing',
        'A task may compute for long, but one that waits for days holds a slot.',
      ],
      'event-driven': [
        'build it yourself',
        'Between two events nothing exists; waiting needs a table, a timer and a timeout.',
      ],
      stateful: [
        'days to months',
        'A wait is a row with a deadline; the process may restart as often as it likes.',
      ],
    },
  },
  {
    aspect: 'Skills',
    cells: {
      pipeline: ['data engineering', 'Intervals, idempotent writes and backfills; often Python and SQL.'],
      'event-driven': [
        'distributed systems',
        'Delivery guarantees, keys, schemas, lag, and operating a broker.',
      ],
      stateful: [
        'application development',
        'The language one knows, and the discipline of effects in steps.',
      ],
    },
  },
  {
    aspect: 'Typical tools',
    cells: {
      pipeline: ['Airflow, Dagster, Prefect, Luigi', 'Schedulers for graphs of tasks; in Tutti: pipelines.'],
      'event-driven': [
        'Kafka, RabbitMQ, EventBridge, NATS',
        'Logs and brokers with subscribers; in Tutti: topics and subscriptions.',
      ],
      stateful: [
        'Temporal, Step Functions, Durable Functions, Restate',
        'Engines that record each step; in Tutti: workflows.',
      ],
    },
  },
];
