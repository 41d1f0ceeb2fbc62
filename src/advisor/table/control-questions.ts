import { option, type Question } from '../question.ts';

/** Who decides what happens next. */
export const controlQuestions: readonly Question[] = [
  {
    id: 'human',
    role: 'score',
    dimension: 'control',
    weight: 4,
    isQuick: true,
    text: 'Is a person part of the flow?',
    help: 'Someone who approves, corrects or decides. Reading a report afterwards does not count.',
    example: 'An administrator verifies each new account: "in the normal path".',
    options: [
      option('none', 'no', {
        pipeline: [1, 'Everything can run unattended, as tasks want to.'],
        'event-driven': [1, 'Reactions need nobody.'],
        stateful: [-1, 'Waiting for people, one of its strengths, is not needed.'],
      }),
      option('on-failure', 'only after a failure', {
        pipeline: [0, 'Someone repairs and clears the failed task; that is usual.'],
        'event-driven': [-1, 'Someone has to look through dead letters without the story around them.'],
        stateful: [1, 'The failed run waits in its place and goes on after the repair.'],
      }),
      option('in-path', 'in the normal path', {
        pipeline: [-2, 'The graph has to be cut at the person, and joined again by hand.'],
        'event-driven': [-1, 'Question, answer, reminder and deadline become four topics and a table.'],
        stateful: [2, 'Asking a person is one call with a form, a deadline and a reminder.'],
      }),
    ],
  },
  {
    id: 'shape',
    role: 'score',
    dimension: 'control',
    weight: 4,
    isQuick: true,
    text: 'Who decides what the next step is?',
    help: 'Draw the flow. Can you draw all of it before it runs? Does it have branches, loops, or no owner at all?',
    example: 'Extract, transform, load is a "fixed graph"; negotiating until both agree is "loops".',
    options: [
      option('fixed', 'a fixed graph', {
        pipeline: [2, 'A graph known beforehand is drawn, checked and scheduled as it is.'],
        'event-driven': [0, 'The order exists nowhere but in the sum of the subscriptions.'],
        stateful: [0, 'Works; code is more freedom than a fixed graph needs.'],
      }),
      option('fixed+branches', 'a fixed graph with branches', {
        pipeline: [1, 'Branches are part of a graph, if their joins are thought through.'],
        'event-driven': [0, 'Each branch is a filter; what belongs together is not visible.'],
        stateful: [1, 'A branch is an if.'],
      }),
      option('dynamic-fan-out', 'a fan-out decided at run time', {
        pipeline: [0, 'Mapped tasks cover one level; nested ones get hard to read.'],
        'event-driven': [0, 'Fanning out is natural, knowing when all are done is not.'],
        stateful: [1, 'A loop over what was found, and one line that awaits all of it.'],
      }),
      option('loops', 'loops, or an unknown number of rounds', {
        pipeline: [-2, 'An acyclic graph has no way back.'],
        'event-driven': [0, 'A loop of events works until nobody knows who ends it.'],
        stateful: [2, 'A loop is a loop.'],
      }),
      option('emergent', 'independent reactions without an owner', {
        pipeline: [-2, 'There is no graph to draw.'],
        'event-driven': [2, 'Each reader subscribes to what concerns it; nobody has to know all of them.'],
        stateful: [-1, 'An owner in the middle would couple what wants to be independent.'],
      }),
    ],
  },
  {
    id: 'trigger',
    role: 'score',
    dimension: 'control',
    weight: 3,
    isQuick: true,
    text: 'What starts it?',
    help: 'If several things do, take the one that starts most runs.',
    example: 'Every night at three: "a schedule". A customer submits a form: "a request".',
    options: [
      option('schedule', 'a schedule', {
        pipeline: [2, 'Schedules, data intervals and backfills belong to pipelines.'],
        'event-driven': [-2, 'A clock is not an event source; the schedule would be bolted on.'],
        stateful: [0, 'A schedule can start a run; nothing more is gained.'],
      }),
      option('request', 'a request', {
        pipeline: [0, 'A request can start a graph, with some delay.'],
        'event-driven': [0, 'The answer has to find its way back to who asked.'],
        stateful: [1, 'One request is one run, whose state can be asked for.'],
      }),
      option('events', 'single events', {
        pipeline: [-1, 'A graph per event multiplies the cost of scheduling.'],
        'event-driven': [1, 'Reacting to events is what it is for.'],
        stateful: [1, 'An event starts or wakes the run it belongs to.'],
      }),
      option('stream', 'a continuous stream', {
        pipeline: [-2, 'A stream has no end at which a run could be complete.'],
        'event-driven': [2, 'Logs with cursors are made for streams.'],
        stateful: [-1, 'A run per record pays a commit for each of them.'],
      }),
    ],
  },
  {
    id: 'ruleChange',
    role: 'score',
    dimension: 'control',
    weight: 1,
    isQuick: false,
    text: 'How often do the rules of the flow change?',
    help: 'The order of the steps and the conditions, not the code within a step.',
    example: 'A discount rule that marketing adjusts every Monday: "weekly".',
    options: [
      option('rarely', 'rarely', {
        pipeline: [1, 'A graph that stays is easy to keep and to compare over time.'],
        'event-driven': [0, 'Makes no difference.'],
        stateful: [0, 'Makes no difference; versioning is hardly needed.'],
      }),
      option('monthly', 'monthly', {
        pipeline: [0, 'Each change is a new version of the graph; that is bearable.'],
        'event-driven': [0, 'A rule that spans several handlers has to change in several places.'],
        stateful: [1, 'The rule stands in one function, and open runs keep the old path.'],
      }),
      option('weekly', 'weekly or more often', {
        pipeline: [-1, 'History becomes hard to compare when the graph changes every week.'],
        'event-driven': [1, 'A new reader is added without touching the others.'],
        stateful: [1, 'Changes stay in one place, guarded by patches.'],
      }),
    ],
  },
];
