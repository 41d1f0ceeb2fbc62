import type { Authorization } from './authorization.ts';

/** What is remembered of a card: when it was used for how much, within the window. */
export type Uses = readonly (readonly [usedAt: number, amount: number])[];

/** How fast a card is being used. */
export interface Velocity {
  /** Uses within the window, this one included. */
  readonly count: number;
  /** Cents within the window, this use included. */
  readonly amount: number;
}

const windowMs = 60_000;
/** A card that is used more often than this is conspicuous anyway. */
const usesMax = 50;

/** Adds a use to what is remembered, and measures. Pure: the state of a card depends on its own uses in order alone. */
export function observe(
  uses: Uses,
  { usedAt, amount }: Authorization,
): { readonly uses: Uses; readonly velocity: Velocity } {
  const within = [...uses.filter(([at]) => at > usedAt - windowMs), [usedAt, amount] as const].slice(
    -usesMax,
  );
  const sum = within.reduce((total, [, one]) => total + one, 0);
  return { uses: within, velocity: { count: within.length, amount: sum } };
}
