import { option, type Question } from '../question.ts';

/** Who depends on whom. */
export const couplingQuestions: readonly Question[] = [
  {
    id: 'parties',
    role: 'score',
    dimension: 'coupling',
    weight: 3,
    isQuick: false,
    text: 'How many code bases and teams take part?',
    help: 'Teams that must change code when the flow changes.',
    example: 'Orders, payments and shipping each with a team of their own: "2 to 5 teams".',
    options: [
      option('1 codebase', 'one code base', {
        pipeline: [1, 'All tasks are deployed together.'],
        'event-driven': [-1, 'Decoupling has a price, and here it separates what one team owns.'],
        stateful: [1, 'One function calls everything it needs.'],
      }),
      option('1 team, services', 'one team, several services', {
        pipeline: [0, 'Tasks can call services; nothing is gained or lost.'],
        'event-driven': [0, 'Possible; one team can also agree on calls.'],
        stateful: [1, 'One place orchestrates the services and remembers where it was.'],
      }),
      option('2-5 teams', '2 to 5 teams', {
        pipeline: [-1, 'One graph with several owners is changed by nobody.'],
        'event-driven': [1, 'Teams agree on facts instead of on calls.'],
        stateful: [1, 'An explicit owner of the process keeps several teams in step.'],
      }),
      option('>5 teams', 'more than 5 teams', {
        pipeline: [-1, 'One graph with several owners is changed by nobody.'],
        'event-driven': [2, 'Publishing a fact needs no agreement with its readers.'],
        stateful: [0, 'The central owner helps to see and hinders to change.'],
      }),
    ],
  },
  {
    id: 'consumers',
    role: 'score',
    dimension: 'coupling',
    weight: 4,
    isQuick: false,
    text: 'How many independent readers does the same fact have?',
    help: 'Systems that want to know that it happened, each for its own purpose.',
    example: 'A placed order read by stock, mail, fraud, search and analytics: "4 to 10".',
    options: [
      option('1', 'one', {
        pipeline: [1, 'One line from producer to consumer is a graph.'],
        'event-driven': [-1, 'A topic with one reader is a detour.'],
        stateful: [1, 'A direct call does it.'],
      }),
      option('2-3', '2 or 3', {
        pipeline: [0, 'Two branches more.'],
        'event-driven': [0, 'A topic is possible and not yet needed.'],
        stateful: [0, 'Two calls more.'],
      }),
      option('4-10', '4 to 10', {
        pipeline: [-1, 'Each reader adds a branch to a graph that is not its own.'],
        'event-driven': [2, 'Readers come and go without the writer knowing.'],
        stateful: [-1, 'The process would have to know and await all its readers.'],
      }),
      option('>10', 'more than 10', {
        pipeline: [-2, 'A graph with a branch per reader changes with every one of them.'],
        'event-driven': [2, 'Readers come and go without the writer knowing.'],
        stateful: [-1, 'The process would have to know and await all its readers.'],
      }),
    ],
  },
];
