import { option, type Question } from '../question.ts';

/** Who runs it, and on what. */
export const operationsQuestions: readonly Question[] = [
  {
    id: 'ops',
    role: 'score',
    dimension: 'operations',
    weight: 3,
    isQuick: false,
    text: 'How many hours per week are there for running the platform?',
    help: 'Updates, alerts, disks, on-call. Hours that someone really has.',
    example: 'One developer looks after it on Friday afternoons: "2 to 8 hours".',
    options: [
      option('<2h/w', 'less than 2 hours', {
        pipeline: [1, 'One process and one database are enough.'],
        'event-driven': [-2, 'Brokers, consumers and dead letters ask for more than that.'],
        stateful: [0, 'Embedded, it asks for little; it is one more thing to know.'],
      }),
      option('2-8h/w', '2 to 8 hours', {
        pipeline: [1, 'That is comfortable.'],
        'event-driven': [-1, 'Tight as soon as something falls behind.'],
        stateful: [0, 'Those hours are enough.'],
      }),
      option('8-40h/w', '8 to 40 hours', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [0, 'Those hours are enough.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('dedicated', 'a dedicated team', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [1, 'A platform team makes a broker an advantage for everyone.'],
        stateful: [0, 'Makes no difference.'],
      }),
    ],
  },
  {
    id: 'infra',
    role: 'score',
    dimension: 'operations',
    weight: 2,
    isQuick: false,
    text: 'What do you operate well already?',
    help: 'With backups, alerts and someone who knows it.',
    example: 'PostgreSQL with tested restores, no broker: "a SQL database".',
    options: [
      option('nothing', 'nothing yet', {
        pipeline: [1, 'Starts on one machine.'],
        'event-driven': [-1, 'A broker would be the first thing to learn to operate.'],
        stateful: [0, 'Starts embedded; a database comes later.'],
      }),
      option('database', 'a SQL database', {
        pipeline: [1, 'Keeps its state where backups exist.'],
        'event-driven': [-1, 'The broker is still missing.'],
        stateful: [1, 'Keeps its journal where backups exist.'],
      }),
      option('broker', 'a message broker', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [2, 'The hardest part to operate is there.'],
        stateful: [0, 'Makes no difference.'],
      }),
      option('both', 'both', {
        pipeline: [0, 'Makes no difference.'],
        'event-driven': [1, 'The hardest part to operate is there.'],
        stateful: [1, 'Keeps its journal where backups exist.'],
      }),
    ],
  },
];
