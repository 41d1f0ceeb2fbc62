import type { CheckedSheet } from './answer-sheet.ts';
import { levelOf } from './skill-gaps.ts';
import type { Paradigm } from './paradigm.ts';
import { paradigmTitles } from './paradigm.ts';

/** A common mistake of decisions like this one that this sheet may be making. */
export interface Mistake {
  readonly mistake: 'hype' | 'learning curve' | 'over-engineering' | 'cost ignored' | 'team not involved';
  readonly sentence: string;
  readonly instead: string;
}

/** The mistakes that apply, in a fixed order. */
export function mistakesOf(sheet: CheckedSheet, best: Paradigm | 'none'): readonly Mistake[] {
  return [
    hype(sheet, best),
    learningCurve(sheet, best),
    overEngineering(sheet),
    costIgnored(sheet),
    teamNotInvolved(sheet),
  ].filter((mistake) => mistake !== undefined);
}

function hype({ preference }: CheckedSheet, best: Paradigm | 'none'): Mistake | undefined {
  if (preference === null || preference.paradigm === best) return undefined;
  const fits = best === 'none' ? 'none of the three fits' : `${paradigmTitles[best]} fits better`;
  return {
    mistake: 'hype',
    sentence: `You prefer ${paradigmTitles[preference.paradigm]}${preference.why === undefined ? '' : ` ("${preference.why}")`}, but by your answers ${fits}.`,
    instead:
      'Name the answer that you think is wrong, and change it; if you find none, the preference is a habit.',
  };
}

function learningCurve({ chosen }: CheckedSheet, best: Paradigm | 'none'): Mistake | undefined {
  const level = best === 'none' ? null : levelOf(best, chosen);
  if (level === null || level > 1 || best === 'none') return undefined;
  return {
    mistake: 'learning curve',
    sentence: `The team has ${level === 0 ? 'no experience with' : 'only read about'} ${paradigmTitles[best]}.`,
    instead: 'Plan the training weeks below, and begin with a flow that may fail.',
  };
}

function overEngineering({ chosen, preference }: CheckedSheet): Mistake | undefined {
  const isSimple =
    chosen['trigger'] === 'schedule' &&
    ['<=1s', '<=1min', '<=1h'].includes(chosen['duration'] ?? '') &&
    chosen['longestWait'] === 'none' &&
    chosen['failure'] === 'retry-step';
  if (preference?.paradigm !== 'stateful' || !isSimple) return undefined;
  return {
    mistake: 'over-engineering',
    sentence:
      'A scheduled flow of at most an hour that never waits and retries its steps needs no durable state.',
    instead: 'Take a pipeline, and come back when something has to wait.',
  };
}

function costIgnored({ chosen }: CheckedSheet): Mistake | undefined {
  const open = ['ops', 'infra'].filter((id) => chosen[id] === undefined);
  if (open.length === 0) return undefined;
  return {
    mistake: 'cost ignored',
    sentence: `Nobody said ${open.map((id) => (id === 'ops' ? 'how many hours there are for operation' : 'what is operated well already')).join(', or ')}.`,
    instead: `Answer ${open.map((id) => `"${id}"`).join(' and ')}; operation costs more than the start.`,
  };
}

function teamNotInvolved({ people }: CheckedSheet): Mistake | undefined {
  if (people.length >= 2) return undefined;
  return {
    mistake: 'team not involved',
    sentence:
      people.length === 0 ? 'Nobody is named as having answered.' : `${people[0]?.name} answered alone.`,
    instead: 'Let two people answer on their own and merge both sheets; what they differ in is the meeting.',
  };
}
