import type { Chosen } from './judge.ts';
import type { Paradigm, PerParadigm } from './paradigm.ts';

/** What the team needs to know and does not yet. */
export interface SkillGap {
  readonly paradigm: Paradigm;
  /** 0 nobody, 1 read about it, 2 built something, 3 ran it in production. */
  readonly needed: number;
  /** Null when nobody answered. */
  readonly have: number | null;
  readonly learn: readonly string[];
}

/** The question that asks for the skill. */
const skillQuestionOf: PerParadigm<string> = {
  pipeline: 'skillDag',
  'event-driven': 'skillEvent',
  stateful: 'skillStateful',
};

/** What to do to reach a level, by the level that is reached. */
const lessons: PerParadigm<readonly string[]> = {
  pipeline: [
    'Read how data intervals, idempotent tasks and backfills belong together.',
    'Build one nightly load, and repeat last week by a backfill until the numbers are the same.',
    'Run it for a month with an alert, a clear and a backfill that really happened.',
  ],
  'event-driven': [
    'Read what at-least-once, order per key and consumer groups mean, and what they do not promise.',
    'Build one topic with two readers; deliver every event twice and in the wrong order, and stay right.',
    'Run it for a month: lag on a chart, dead letters redriven, one schema changed.',
  ],
  stateful: [
    'Read what replay asks of the code: effects in steps, no hidden input.',
    'Build one workflow with a wait and a compensation, kill it at every step, and look at its journal.',
    'Run it for a month, and deploy a change under open runs.',
  ],
};

const highStakes: ReadonlySet<string> = new Set(['money/legal']);
const highLoad: ReadonlySet<string> = new Set(['1k-10k/s', '>10k/s']);

/** The level a paradigm needs: having built it; having run it where money, law or high load are at stake. */
function neededLevel(chosen: Chosen): number {
  return highStakes.has(chosen['effectCost'] ?? '') || highLoad.has(chosen['throughput'] ?? '') ? 3 : 2;
}

/** The level the team has; null when nobody answered. */
export function levelOf(paradigm: Paradigm, chosen: Chosen): number | null {
  const answer = chosen[skillQuestionOf[paradigm]];
  return answer === undefined ? null : Number(answer);
}

/** The gaps for the paradigms that will be used. */
export function skillGapsOf(chosen: Chosen, used: readonly Paradigm[]): readonly SkillGap[] {
  const needed = neededLevel(chosen);
  return used.flatMap((paradigm) => {
    const have = levelOf(paradigm, chosen);
    if (have !== null && have >= needed) return [];
    return [{ paradigm, needed, have, learn: lessons[paradigm].slice(have ?? 0, needed) }];
  });
}
