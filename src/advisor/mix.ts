import type { CheckedSheet } from './answer-sheet.ts';
import { operatingHours, type HoursRange } from './operating-hours.ts';
import type { Paradigm } from './paradigm.ts';
import { optionOf, questionOf, type QuestionTable } from './question.ts';

/** A part of the flow that is at home in another paradigm than the recommended one. */
export interface MixItem {
  /** The option of `alsoContains`. */
  readonly part: string;
  readonly label: string;
  readonly home: Paradigm;
  /** `now`: the recommended paradigm cannot do it well; `phase 2`: it can, so another one needs a named benefit. */
  readonly when: 'now' | 'phase 2';
  readonly pattern: string;
  readonly sentence: string;
  /** What operating the added paradigm takes, in hours per week. */
  readonly addsHoursPerWeek: HoursRange;
}

/** Said with every advice. */
export const mixingRule =
  'Start with one paradigm, and add another only for a clear benefit that you can name.';

interface Trait {
  readonly home: Paradigm;
  /** The cell of the point table that says how well a paradigm copes with the part. */
  readonly question: string;
  readonly option: string;
  readonly benefit: string;
}

const traits: Readonly<Record<string, Trait>> = {
  approval: {
    home: 'stateful',
    question: 'human',
    option: 'in-path',
    benefit: 'reminders, deadlines and a record of who decided',
  },
  saga: {
    home: 'stateful',
    question: 'failure',
    option: 'compensate',
    benefit: 'undoing that is visible and survives a crash',
  },
  'long-wait': {
    home: 'stateful',
    question: 'longestWait',
    option: '>1d',
    benefit: 'waits that cost a row and survive deployments',
  },
  stream: {
    home: 'event-driven',
    question: 'trigger',
    option: 'stream',
    benefit: 'throughput that grows with readers',
  },
  'fan-out': {
    home: 'event-driven',
    question: 'consumers',
    option: '4-10',
    benefit: 'readers that come and go without a change here',
  },
  batch: {
    home: 'pipeline',
    question: 'trigger',
    option: 'schedule',
    benefit: 'schedules with data intervals and a graph that operators know',
  },
  backfill: {
    home: 'pipeline',
    question: 'history',
    option: 'backfill',
    benefit: 'past intervals computed again with one command',
  },
};

/** How two paradigms are joined: the recommended one first. */
const patterns: Readonly<Record<Paradigm, Readonly<Record<Paradigm, string>>>> = {
  stateful: {
    stateful: '',
    'event-driven':
      'a stateful core with event edges: facts are published through the outbox, in the commit of the step',
    pipeline: 'a pipeline as a child of the stateful run, with a gate before or after it',
  },
  'event-driven': {
    'event-driven': '',
    stateful: 'an event backbone with a stateful process manager for this one process',
    pipeline: 'a pipeline that events trigger, for what is computed in bulk',
  },
  pipeline: {
    pipeline: '',
    stateful: 'a stateful node inside the graph, which the graph awaits',
    'event-driven': 'a graph that events trigger, and that publishes its result as a fact',
  },
};

/** The parts whose home is another paradigm, those needed now first. */
export function mixOf(table: QuestionTable, sheet: CheckedSheet, primary: Paradigm): readonly MixItem[] {
  const question = questionOf(table, 'alsoContains');
  const items = sheet.parts.flatMap((part): MixItem[] => {
    const trait = traits[part];
    if (trait === undefined || trait.home === primary) return [];
    const label = (question === undefined ? undefined : optionOf(question, part))?.label ?? part;
    const isNow = pointsFor(table, trait, primary) === -2;
    const addsHoursPerWeek = operatingHours(trait.home, sheet.chosen);
    return [
      {
        part,
        label,
        home: trait.home,
        when: isNow ? 'now' : 'phase 2',
        pattern: patterns[primary][trait.home],
        sentence: isNow
          ? `Needed from the start: ${label} is what the recommended paradigm is worst at.`
          : `Later, and only if you need ${trait.benefit}; it adds ` +
            `${addsHoursPerWeek.low} to ${addsHoursPerWeek.high} hours of operation per week.`,
        addsHoursPerWeek,
      },
    ];
  });
  return items.toSorted((left, right) => Number(left.when !== 'now') - Number(right.when !== 'now'));
}

function pointsFor(table: QuestionTable, trait: Trait, paradigm: Paradigm): number {
  const question = questionOf(table, trait.question);
  const option = question === undefined ? undefined : optionOf(question, trait.option);
  return option?.cells[paradigm][0] ?? 0;
}
