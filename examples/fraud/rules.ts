import type { Authorization } from './authorization.ts';
import type { Velocity } from './velocity.ts';

/** One reason to be suspicious. */
interface Rule {
  readonly name: string;
  /** Points it adds. */
  readonly weight: number;
  readonly applies: (use: Authorization, velocity: Velocity) => boolean;
}

const home: readonly string[] = ['DE', 'FR', 'IT', 'NL', 'AT', 'CH'];

/** Every rule, in the order in which reasons are told. */
export const rules: readonly Rule[] = [
  { name: 'abroad', weight: 25, applies: ({ country }) => !home.includes(country) },
  { name: 'high amount', weight: 20, applies: ({ amount }) => amount >= 30_000 },
  { name: 'very high amount', weight: 25, applies: ({ amount }) => amount >= 90_000 },
  {
    name: 'easily resold goods',
    weight: 15,
    applies: ({ merchant }) => ['jeweller', 'electronics'].includes(merchant),
  },
  { name: 'used often', weight: 20, applies: (_, { count }) => count >= 4 },
  { name: 'much in a minute', weight: 20, applies: (_, { amount }) => amount >= 150_000 },
];

/** A score and where it comes from. */
export interface Score {
  /** 0 to 100 and a little more. */
  readonly points: number;
  readonly reasons: readonly string[];
}

/** Applies every rule. */
export function scoreOf(use: Authorization, velocity: Velocity): Score {
  const applied = rules.filter((rule) => rule.applies(use, velocity));
  return {
    points: applied.reduce((sum, { weight }) => sum + weight, 0),
    reasons: applied.map(({ name }) => name),
  };
}

/** What happens to an authorization. */
export type Verdict = 'pass' | 'flag' | 'block' | 'review';

/** From so many points on; scores on the verge of a block go to a person. */
const flagFrom = 45;
const reviewFrom = 70;
const blockFrom = 85;

/** The verdict on a score; `review` asks a person. */
export function verdictOf({ points }: Score): Verdict {
  if (points < flagFrom) return 'pass';
  if (points < reviewFrom) return 'flag';
  return points < blockFrom ? 'review' : 'block';
}
