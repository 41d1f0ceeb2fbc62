import type { Advice, Recommendation, RunnerUp, StarterTemplate, WeightsInUse } from './advice.ts';
import { checkAnswerSheet, type CheckedSheet } from './answer-sheet.ts';
import { answersHash } from './answers-hash.ts';
import { answeredShareOf, confidenceOf, type Confidence } from './confidence.ts';
import { contradictionsOf } from './contradictions.ts';
import { contributionsOf, dimensionSums, rivalOf, type Contribution } from './contributions.ts';
import { costOf, type CostOverrides } from './cost.ts';
import { criticalWeightsOf } from './critical-weights.ts';
import { fitsOf, flipsOf } from './flips.ts';
import { judge, leaderOf, marginOf, type Measure, type Verdict } from './judge.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { mergeSheets, type Disagreement } from './merge-sheets.ts';
import { migrationOf } from './migration.ts';
import { mistakesOf } from './mistakes.ts';
import { mixingRule, mixOf, type MixItem } from './mix.ts';
import { openQuestionsOf, type OpenQuestion } from './open-questions.ts';
import { paradigmTitles, type Paradigm } from './paradigm.ts';
import { scoredQuestions, type QuestionTable } from './question.ts';
import { renderDecisionRecord } from './render/decision-record.ts';
import { monthsLater } from './review-date.ts';
import { risksOf } from './risks.ts';
import { oneDecimal } from './score.ts';
import { simulateWeights } from './simulate.ts';
import { skillGapsOf } from './skill-gaps.ts';
import { questionTable } from './table/question-table.ts';
import { describeToolCommand, toolCommands } from './tool-command.ts';
import type { Weights } from './weights.ts';
import { whyNotOf } from './why-not.ts';

/** What an advice depends on, beside the answers. */
export interface AdviseOptions {
  /** The day of the decision, such as `2026-05-24`: time comes in from outside. */
  readonly today: string;
  /** Default: the built-in table. */
  readonly table?: QuestionTable;
  /** Default: {@link defaultLimits}. */
  readonly limits?: Limits;
  /** Weights that differ from the table's. Default none. */
  readonly weights?: Weights;
  /** Inputs of the cost estimate that replace assumptions. Default none. */
  readonly costs?: CostOverrides;
}

const reviewMonths = 6;

/**
 * Which paradigm fits, and why. A pure function: the same sheet, options and day give the same advice, to the byte, and
 * the order of the answers does not matter.
 *
 * @throws TUTTI_ANSWERS_INVALID for an unknown question or option, naming the nearest; TUTTI_OPTION_INVALID for a wrong day.
 */
export function advise(sheet: unknown, options: AdviseOptions): Advice {
  const measure = measureOf(options);
  return adviseOn(checkAnswerSheet(sheet, measure.table), { ...options, measure, disagreements: [] });
}

/**
 * {@link advise} on what several people answered on their own; `disagreements` says where they differ and whether it matters.
 *
 * @throws as {@link advise}.
 */
export function adviseTogether(sheets: readonly unknown[], options: AdviseOptions): Advice {
  const measure = measureOf(options);
  const checked = sheets.map((sheet) => checkAnswerSheet(sheet, measure.table));
  const { sheet, disagreements } = mergeSheets(checked, measure);
  return adviseOn(sheet, { ...options, measure, disagreements });
}

/** The table, limits and weights an advice is made with. */
export function measureOf({ table, limits, weights }: Omit<AdviseOptions, 'today'>): Measure {
  return { table: table ?? questionTable, limits: limits ?? defaultLimits, weights: weights ?? {} };
}

interface Circumstances extends AdviseOptions {
  readonly measure: Measure;
  readonly disagreements: readonly Disagreement[];
}

function adviseOn(sheet: CheckedSheet, circumstances: Circumstances): Advice {
  const { measure, today } = circumstances;
  const verdict = judge(sheet.chosen, measure);
  const leader = leaderOf(verdict);
  const rival = rivalOf(verdict);
  const contributions = contributionsOf(verdict, leader === 'none' ? undefined : leader, rival);
  const robustness = simulateWeights(verdict);
  const answeredShare = answeredShareOf(verdict, measure);
  const confidence = confidenceOf(verdict, robustness.share, answeredShare);
  const openQuestions = openQuestionsOf(sheet.chosen, measure);
  const basis = {
    format: 'tutti.advice/1',
    tableVersion: measure.table.version,
    decidedOn: today,
    reviewOn: monthsLater(today, reviewMonths),
    answersHash: answersHash(sheet),
    answers: { ...sheet.chosen, ...(sheet.parts.length === 0 ? {} : { alsoContains: sheet.parts }) },
    people: sheet.people,
    preference: sheet.preference,
    recommendation: recommend(verdict, contributions, { confidence, openQuestions }),
    fits: fitsOf(verdict),
    scores: verdict.scores,
    excluded: verdict.excluded,
    runnerUp: runnerUpOf(verdict),
    whyNot: whyNotOf(verdict, contributions, leader),
    comparedWith: rival ?? null,
    contributions,
    dimensions: dimensionSums(verdict),
    flips: flipsOf(sheet.chosen, measure),
    criticalWeights: criticalWeightsOf(verdict),
    robustness,
    answeredShare,
    openQuestions,
    weights: weightsInUse(sheet, measure),
    limits: measure.limits,
    contradictions: contradictionsOf(measure.table, sheet),
    disagreements: circumstances.disagreements,
    mistakes: mistakesOf(sheet, leader),
    nextStep: nextStepOf(verdict, confidence),
    ...planFor(leader, sheet, circumstances),
  } as const;
  return { ...basis, adr: renderDecisionRecord(basis, measure.table) };
}

/** What follows once there is a paradigm to go for. */
function planFor(
  leader: Paradigm | 'none',
  sheet: CheckedSheet,
  { measure, today, costs }: Circumstances,
): Pick<Advice, 'mixingRule' | 'mix' | 'risks' | 'skillGaps' | 'cost' | 'migration' | 'starter'> {
  if (leader === 'none') {
    return { mixingRule, mix: [], risks: [], skillGaps: [], cost: null, migration: [], starter: null };
  }
  const mix = mixOf(measure.table, sheet, leader);
  const now = mix.filter(({ when }) => when === 'now').map(({ home }) => home);
  const used = [...new Set([leader, ...now])];
  return {
    mixingRule,
    mix,
    risks: used.flatMap(risksOf),
    skillGaps: skillGapsOf(sheet.chosen, used),
    cost: costOf(used, sheet.chosen, costs ?? {}),
    migration: migrationOf(leader, monthsLater(today, reviewMonths)),
    starter: { template: templateFor(leader, mix), command: describeToolCommand(toolCommands.init) },
  };
}

function templateFor(leader: Paradigm, mix: readonly MixItem[]): StarterTemplate {
  if (mix.some(({ when }) => when === 'now')) return 'mixed';
  return { pipeline: 'pipeline', 'event-driven': 'events', stateful: 'workflow' }[leader] as StarterTemplate;
}

function recommend(
  verdict: Verdict,
  contributions: readonly Contribution[],
  {
    confidence,
    openQuestions,
  }: { readonly confidence: Confidence; readonly openQuestions: readonly OpenQuestion[] },
): Recommendation {
  const paradigm = leaderOf(verdict);
  if (paradigm === 'none') return { paradigm, fit: 0, confidence, why: whyNone(verdict, openQuestions) };
  const fit = oneDecimal(verdict.scores[paradigm].fit);
  const margin = marginOf(verdict);
  const [, second] = verdict.ranking;
  const ahead =
    margin === undefined || second === undefined
      ? 'both others are excluded'
      : `${Math.round(margin)} ahead of ${paradigmTitles[second]}`;
  const reasons = contributions
    .filter(({ lead, points }) => lead > 0 && points[paradigm] > 0)
    .slice(0, 2)
    .map((contribution) => contribution.reasons[paradigm].replace(/\.$/, ''));
  const because = reasons.length === 0 ? '' : `: ${reasons.join('; ')}`;
  return {
    paradigm,
    fit,
    confidence,
    why: `${capitalized(paradigmTitles[paradigm])} fits best (${Math.round(fit)} of 100, ${ahead})${because}.`,
  };
}

function whyNone({ excluded, ranking }: Verdict, open: readonly OpenQuestion[]): string {
  const shared = excluded.find(({ rule }) => excluded.filter((other) => other.rule === rule).length === 3);
  if (shared !== undefined) return shared.sentence;
  if (ranking.length === 0 && excluded.length > 0)
    return `Nothing that gives points is answered yet: ${excluded.map(({ sentence }) => sentence).join(' ')}`;
  const first = open.slice(0, 3).map(({ question }) => `"${question}"`);
  return `Nothing is answered yet. Answer first: ${first.join(', ')}.`;
}

function runnerUpOf({ ranking, scores }: Verdict): RunnerUp | null {
  const [first, second] = ranking;
  if (first === undefined || second === undefined) return null;
  return {
    paradigm: second,
    fit: oneDecimal(scores[second].fit),
    behind: oneDecimal(scores[first].fit - scores[second].fit),
  };
}

function nextStepOf({ ranking }: Verdict, confidence: Confidence): string | null {
  const [first, second] = ranking;
  if (confidence !== 'low' || first === undefined || second === undefined) return null;
  return (
    `Too close to decide by questions: prototype one real flow as ${paradigmTitles[first]} and as ${paradigmTitles[second]}, ` +
    `break both, and compare (${describeToolCommand(toolCommands.lab)}).`
  );
}

function weightsInUse({ chosen }: CheckedSheet, { table, limits, weights }: Measure): WeightsInUse {
  const changed = scoredQuestions(table).flatMap(({ id, weight }) => {
    const yours = weights[id];
    return yours === undefined || yours === weight ? [] : [{ question: id, default: weight, yours }];
  });
  const verdict = judge(chosen, { table, limits, weights: {} });
  return {
    source: changed.length === 0 ? 'default' : 'yours',
    changed,
    byDefault: { paradigm: leaderOf(verdict), fits: fitsOf(verdict) },
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
