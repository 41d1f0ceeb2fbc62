import { paradigmTitles, type Paradigm } from './paradigm.ts';

/** One phase of the way to the recommended paradigm. */
export interface MigrationPhase {
  readonly phase: number;
  readonly title: string;
  readonly work: string;
  /** What must be true before the next phase begins. */
  readonly exit: string;
}

/** The way there, beginning where a mistake is cheap. */
export function migrationOf(paradigm: Paradigm, reviewOn: string): readonly MigrationPhase[] {
  const target = paradigmTitles[paradigm];
  return [
    {
      phase: 0,
      title: 'Inventory',
      work: 'List every flow with its trigger, owner, effects and cost of an error. Mark the one with the lowest risk.',
      exit: 'Every flow has an owner and a risk, and the list is agreed.',
    },
    {
      phase: 1,
      title: 'One flow in shadow',
      work: `Build the flow with the lowest risk as ${target}. It runs beside the old one on the same input, without effects.`,
      exit: 'Two weeks in which both outputs were compared automatically and every difference is explained.',
    },
    {
      phase: 2,
      title: 'The same flow live',
      work: 'The new one has the effects, the old one stands by; a switch goes back within minutes, and was tried once.',
      exit: 'A month without going back, one failure included.',
    },
    {
      phase: 3,
      title: 'Three more, by risk',
      work: 'Move the next three flows, from low to high risk, each in shadow first.',
      exit: 'Someone who did not build the first one has moved one alone.',
    },
    {
      phase: 4,
      title: 'Guideline',
      work: 'Write one page: when which paradigm, with an example of your own for each.',
      exit: 'A new flow was decided by the page, without a meeting.',
    },
    {
      phase: 5,
      title: 'Retire the old',
      work: 'Move what is left if it is worth it, then switch the old system off and delete its code.',
      exit: 'Nothing runs on the old system.',
    },
    {
      phase: 6,
      title: 'Review',
      work: 'Answer the questions again with what was learned, and compare with this advice.',
      exit: `Done on ${reviewOn}.`,
    },
  ];
}
