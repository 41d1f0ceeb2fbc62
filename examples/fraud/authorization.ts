import { z } from 'zod';
import { randomOf } from './random.ts';

/** A card is about to be charged. */
export interface Authorization {
  readonly id: string;
  readonly card: string;
  readonly merchant: string;
  /** ISO 3166 code of where the merchant is. */
  readonly country: string;
  /** In cents. */
  readonly amount: number;
  /** When the card was used, milliseconds since the epoch. */
  readonly usedAt: number;
  /** Where the holder wants to be told of a blocked card; some have never said. */
  readonly contact: string | null;
  /** When this program published it; for measuring. Milliseconds since the epoch, with fractions. */
  readonly sentAt: number;
}

/** What is checked of an authorization that somebody publishes. */
export const authorizationSchema: z.ZodType<Authorization, Authorization> = z.object({
  id: z.string(),
  card: z.string(),
  merchant: z.string(),
  country: z.string().length(2),
  amount: z.number().int().positive(),
  usedAt: z.number(),
  contact: z.string().nullable(),
  sentAt: z.number(),
});

/** What the stream depends on: the same plan gives the same authorizations. */
export interface StreamPlan {
  readonly seed: number;
  /** Authorizations per second. */
  readonly rate: number;
  /** How many there are. */
  readonly count: number;
}

const cards = 20_000;
const home = ['DE', 'FR', 'IT', 'NL', 'AT', 'CH'];
const abroad = ['US', 'BR', 'NG', 'TH', 'AE'];
const merchants = ['grocer', 'petrol', 'books', 'airline', 'jeweller', 'electronics', 'pharmacy', 'casino'];

/** Of each so many authorizations the first few are one stolen card, used in quick succession far from home. */
const stealEvery = 400;
const stolenUses = 7;
/** The card's own clock begins here, so that a stream does not depend on when it is run. */
const epoch = Date.UTC(2026, 0, 1);

/** The authorization at this position of the stream. */
export function authorizationAt({ seed, rate }: StreamPlan, index: number, sentAt: number): Authorization {
  const random = randomOf(seed, index);
  const isStolen = index % stealEvery < stolenUses && index >= stealEvery;
  // A few cards are used all the time, most of them rarely.
  const card = isStolen
    ? Math.floor(randomOf(seed, -1 - Math.floor(index / stealEvery))() * cards)
    : Math.floor(cards * random() ** 3);
  const spread = -Math.log(1 - random());
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return {
    id: `a-${seed}-${index}`,
    card: `card-${card}`,
    merchant: isStolen ? pick(['jeweller', 'electronics', 'airline']) : pick(merchants),
    country: isStolen || random() < 0.01 ? pick(abroad) : pick(home),
    amount: Math.max(1, Math.round((isStolen ? 40_000 : 4_000) * spread)),
    usedAt: epoch + Math.floor((index * 1_000) / rate),
    contact: card % 20 === 0 ? null : `+49 30 ${card}`,
    sentAt,
  };
}
