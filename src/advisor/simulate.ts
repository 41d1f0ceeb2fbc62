import { seededRandom } from '../base/random.ts';
import { rank, type Verdict } from './judge.ts';
import { paradigms, perParadigm, type Paradigm, type PerParadigm } from './paradigm.ts';
import { oneDecimal, scoresOf } from './score.ts';

/** How weights are varied. */
export interface SimulationOptions {
  /** Default 1,000. */
  readonly runs?: number;
  /** The same seed gives the same result. Default `tutti`. */
  readonly seed?: string;
  /** Each weight is multiplied by a number from 1 − spread to 1 + spread. Default 0.5. */
  readonly spread?: number;
}

/** What varied weights did to the result. */
export interface Simulation {
  readonly runs: number;
  readonly seed: string;
  readonly spread: number;
  /** The robustness: share of runs that kept the leader, 0 to 1; 0 when there is none. */
  readonly share: number;
  /** Share of runs each paradigm led, 0 to 1. */
  readonly shares: PerParadigm<number>;
  /** Fits over all runs. */
  readonly fits: PerParadigm<{ readonly p5: number; readonly p50: number; readonly p95: number }>;
}

/** Varies all weights at once, independently and uniformly, and counts who leads. Exclusions stay as they are. */
export function simulateWeights(verdict: Verdict, options: SimulationOptions = {}): Simulation {
  const { runs = 1_000, seed = 'tutti', spread = 0.5 } = options;
  const random = seededRandom(seed);
  const leads = new Map<Paradigm, number>();
  const fits = perParadigm((): number[] => []);
  for (let run = 0; run < runs; run += 1) {
    const scores = scoresOf(verdict.terms, () => 1 - spread + 2 * spread * random.next());
    const [leader] = rank(verdict.terms, scores, verdict.excluded);
    if (leader !== undefined) leads.set(leader, (leads.get(leader) ?? 0) + 1);
    for (const paradigm of paradigms) fits[paradigm].push(scores[paradigm].fit);
  }
  const shares = perParadigm((paradigm) => (leads.get(paradigm) ?? 0) / runs);
  const [present] = verdict.ranking;
  return {
    runs,
    seed,
    spread,
    share: present === undefined ? 0 : shares[present],
    shares,
    fits: perParadigm((paradigm) => quantiles(fits[paradigm])),
  };
}

function quantiles(values: readonly number[]): { p5: number; p50: number; p95: number } {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => oneDecimal(sorted[Math.floor(share * (sorted.length - 1))] ?? 50);
  return { p5: at(0.05), p50: at(0.5), p95: at(0.95) };
}
