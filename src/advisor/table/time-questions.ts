import { option, type Question } from '../question.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long things take. */
export const timeQuestions: readonly Question[] = [
  {
    id: 'duration',
    role: 'score',
    dimension: 'time',
    weight: 4,
    isQuick: true,
    text: 'How long does one run take, end to end?',
    help: 'From the trigger to the last effect, waiting included. Take the slow tenth, not the average.',
    example: 'An onboarding that waits a week for a document takes "more than a day".',
    options: [
      option(
        '<=1s',
        'at most a second',
        {
          pipeline: [-2, 'Scheduling the tasks takes longer than the work.'],
          'event-driven': [2, 'A handler reacts and is done; nothing has to be kept between steps.'],
          stateful: [-1, 'A durable commit per step is a large part of so short a run.'],
        },
        { from: 0, to: secondMs },
      ),
      option(
        '<=1min',
        'at most a minute',
        {
          pipeline: [0, 'Possible, though the overhead per task is still felt.'],
          'event-driven': [1, 'A short chain of reactions needs no owner.'],
          stateful: [0, 'Works; surviving a crash is a small gain for so short a run.'],
        },
        { from: secondMs, to: minuteMs },
      ),
      option(
        '<=1h',
        'at most an hour',
        {
          pipeline: [
            2,
            'The home of batch work: long enough to be worth scheduling, short enough to repeat.',
          ],
          'event-driven': [0, 'Possible, but nobody sees how far a chain of reactions has come.'],
          stateful: [1, 'Finished steps are kept, so a crash after 50 minutes costs one step.'],
        },
        { from: minuteMs, to: hourMs },
      ),
      option(
        '<=1d',
        'at most a day',
        {
          pipeline: [1, 'Fits if it computes all day; less if it mostly waits.'],
          'event-driven': [0, 'Progress over hours has to be kept in a table of your own.'],
          stateful: [1, 'State and timers survive deployments during the day.'],
        },
        { from: hourMs, to: dayMs },
      ),
      option(
        '>1d',
        'more than a day',
        {
          pipeline: [-2, 'A graph of tasks that is open for days blocks slots and meets new code half-way.'],
          'event-driven': [0, 'Works only with state, timers and timeouts that you build yourself.'],
          stateful: [2, 'Runs of days or months are what durable state is for.'],
        },
        { from: dayMs },
      ),
    ],
  },
  {
    id: 'longestWait',
    role: 'score',
    dimension: 'time',
    weight: 4,
    isQuick: true,
    text: 'How long is the longest single wait for a timer, a callback or a person?',
    help: 'Time in which nothing is computed. Retries after a failure do not count.',
    example: 'A payment provider that calls back within three days is "more than a day".',
    options: [
      option(
        'none',
        'it never waits',
        {
          pipeline: [1, 'Nothing but computing: tasks can follow each other at once.'],
          'event-driven': [1, 'Handlers never hold anything open.'],
          stateful: [-1, 'Durable timers and waits, its strength, would be unused.'],
        },
        { from: 0, to: 0 },
      ),
      option(
        '<=1min',
        'at most a minute',
        {
          pipeline: [1, 'A task can simply wait.'],
          'event-driven': [1, 'A delayed or retried message covers it.'],
          stateful: [0, 'A wait this short needs no durability.'],
        },
        { from: 0, to: minuteMs },
      ),
      option(
        '<=1h',
        'at most an hour',
        {
          pipeline: [0, 'A sensor that polls can bridge it, at the price of a slot.'],
          'event-driven': [0, 'Needs delayed messages or a small state table.'],
          stateful: [1, 'A durable timer costs a row, and survives a restart.'],
        },
        { from: minuteMs, to: hourMs },
      ),
      option(
        '<=1d',
        'at most a day',
        {
          pipeline: [-1, 'A task that waits for hours is killed by the next deployment.'],
          'event-driven': [0, 'Possible with scheduled messages and a record of who waits for what.'],
          stateful: [2, 'The run is released while it waits, and costs only disk.'],
        },
        { from: hourMs, to: dayMs },
      ),
      option(
        '>1d',
        'more than a day',
        {
          pipeline: [-2, 'A graph is not made to stand still for days.'],
          'event-driven': [0, 'The waiting becomes a process of its own, spread over handlers.'],
          stateful: [2, 'Waiting for days or months is one line of code.'],
        },
        { from: dayMs },
      ),
    ],
  },
];
