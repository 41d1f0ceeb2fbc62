import { judge, leaderOf, type Chosen, type Measure } from './judge.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import { questionOf, type Question } from './question.ts';

/** Up to this many sets of answers are all tried; beyond, the search below looks for one. */
const completionsMax = 1_000;
const passes = 2;

/**
 * Whether answers to the open questions, all together, could still change who leads. Tried out exhaustively when few are
 * open; otherwise each rival is given the answers that bring it closest, question by question, which finds a change where
 * there is one in practice and proves none.
 */
export function canStillChange(chosen: Chosen, open: readonly string[], measure: Measure): boolean {
  const present = leaderOf(judge(chosen, measure));
  const questions = open.flatMap((id) => questionOf(measure.table, id) ?? []);
  if (present === 'none') return questions.length > 0;
  const completions = questions.reduce((product, { options }) => product * (options.length + 1), 1);
  if (completions <= completionsMax) return isChangedBySome(questions, chosen, { present, measure });
  return paradigms.some(
    (rival) => rival !== present && isOvertakenBy(rival, questions, { present, measure, chosen }),
  );
}

interface Present {
  readonly present: Paradigm;
  readonly measure: Measure;
}

function isChangedBySome(questions: readonly Question[], chosen: Chosen, at: Present): boolean {
  if (leaderOf(judge(chosen, at.measure)) !== at.present) return true;
  const [question, ...rest] = questions;
  if (question === undefined) return false;
  return (
    isChangedBySome(rest, chosen, at) ||
    question.options.some(({ id }) => isChangedBySome(rest, { ...chosen, [question.id]: id }, at))
  );
}

function isOvertakenBy(
  rival: Paradigm,
  questions: readonly Question[],
  { present, measure, chosen }: Present & { readonly chosen: Chosen },
): boolean {
  let best = chosen;
  for (let pass = 0; pass < passes; pass += 1) {
    for (const question of questions) {
      const tried = question.options.map(({ id }) => ({ ...best, [question.id]: id }));
      if (tried.some((answers) => leaderOf(judge(answers, measure)) !== present)) return true;
      const leads = [best, ...tried].map((answers) => leadOf(rival, present, judge(answers, measure)));
      best = [best, ...tried][leads.indexOf(Math.max(...leads))] ?? best;
    }
  }
  return false;
}

/** How far the rival is ahead; an excluded one cannot be. */
function leadOf(rival: Paradigm, present: Paradigm, { scores, ranking }: ReturnType<typeof judge>): number {
  return ranking.includes(rival) ? scores[rival].fit - scores[present].fit : Number.NEGATIVE_INFINITY;
}
