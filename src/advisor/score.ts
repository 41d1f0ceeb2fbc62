/**
 * How well a paradigm fits an answer sheet.
 *
 *   raw  = Σ weight · points over the answered questions; best, worst and mean are the same sums over the best, the
 *          worst and the average option of each of them
 *   fit  = 50 + 50 · (raw − mean) / (best − mean)   above the mean
 *          50 − 50 · (mean − raw) / (mean − worst)  below it
 *
 * So 50 is an average sheet and 100 the best possible one. The centring is what makes paradigms comparable: they do not
 * offer the same points, and by raw sums random sheets would choose a stateful workflow half of the time.
 */
import { perParadigm, type Paradigm, type PerParadigm } from './paradigm.ts';
import { optionOf, scoredQuestions, type Option, type Question, type QuestionTable } from './question.ts';
import type { Weights } from './weights.ts';

/** An answered question that counts. */
export interface Term {
  readonly question: Question;
  readonly option: Option;
  readonly weight: number;
  readonly points: PerParadigm<Range>;
}

interface Range {
  readonly given: number;
  readonly mean: number;
  readonly best: number;
  readonly worst: number;
}

/** The sums behind a fit. */
export interface Score {
  readonly raw: number;
  readonly mean: number;
  readonly best: number;
  readonly worst: number;
  /** 0 to 100; 50 is an average sheet. Not rounded. */
  readonly fit: number;
}

/** The answered questions that count, with their weights. */
export function termsOf(
  table: QuestionTable,
  chosen: Readonly<Record<string, string>>,
  weights: Weights,
): readonly Term[] {
  return scoredQuestions(table).flatMap((question) => {
    const answer = chosen[question.id];
    const option = answer === undefined ? undefined : optionOf(question, answer);
    if (option === undefined) return [];
    const weight = weights[question.id] ?? question.weight;
    return [{ question, option, weight, points: rangesOf(question, option) }];
  });
}

/** What an option is worth never changes, and one advice asks for it thousands of times. */
const knownRanges = new WeakMap<Option, PerParadigm<Range>>();

function rangesOf(question: Question, option: Option): PerParadigm<Range> {
  const known = knownRanges.get(option);
  if (known !== undefined) return known;
  const ranges = perParadigm((paradigm) => rangeOf(question, option, paradigm));
  knownRanges.set(option, ranges);
  return ranges;
}

function rangeOf(question: Question, option: Option, paradigm: Paradigm): Range {
  const all = question.options.map(({ cells }) => cells[paradigm][0]);
  return {
    given: option.cells[paradigm][0],
    mean: all.reduce<number>((sum, points) => sum + points, 0) / all.length,
    best: Math.max(...all),
    worst: Math.min(...all),
  };
}

/** Scores of all three. `factorOf` multiplies the weight of the term at an index; it is how weights are varied. */
export function scoresOf(
  terms: readonly Term[],
  factorOf: (index: number) => number = () => 1,
): PerParadigm<Score> {
  const weights = terms.map((term, index) => term.weight * factorOf(index));
  return perParadigm((paradigm) => scoreFrom(sumsOf(terms, weights, paradigm)));
}

/** The sums of a score, before they become a fit. */
type Sums = Omit<Score, 'fit'>;

function sumsOf(terms: readonly Term[], weights: readonly number[], paradigm: Paradigm): Sums {
  let raw = 0;
  let mean = 0;
  let best = 0;
  let worst = 0;
  // Runs a few hundred thousand times per advice; an iterator over entries would double its time.
  for (let index = 0; index < terms.length; index += 1) {
    const points = terms[index]?.points[paradigm];
    const weight = weights[index] ?? 0;
    if (points === undefined) continue;
    raw += weight * points.given;
    mean += weight * points.mean;
    best += weight * points.best;
    worst += weight * points.worst;
  }
  return { raw, mean, best, worst };
}

/** The scores when the weight of one term is multiplied: the sums are linear in it, so the others need not be added again. */
export function scoresWith(scores: PerParadigm<Score>, term: Term, factor: number): PerParadigm<Score> {
  const change = term.weight * (factor - 1);
  return perParadigm((paradigm) => {
    const { raw, mean, best, worst } = scores[paradigm];
    const points = term.points[paradigm];
    return scoreFrom({
      raw: raw + change * points.given,
      mean: mean + change * points.mean,
      best: best + change * points.best,
      worst: worst + change * points.worst,
    });
  });
}

function scoreFrom(sums: Sums): Score {
  const { raw, mean, best, worst } = sums;
  return { raw, mean, best, worst, fit: fitOf(raw, mean, best, worst) };
}

/** Sums of fractions differ in their last bits; a distance below this is none. */
const noDistance = 1e-9;

function fitOf(raw: number, mean: number, best: number, worst: number): number {
  const distance = raw - mean;
  if (Math.abs(distance) < noDistance) return 50;
  return distance > 0 ? 50 + (50 * distance) / (best - mean) : 50 + (50 * distance) / (mean - worst);
}

/** A number with one decimal: how fits, margins and shares are written. */
export function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
