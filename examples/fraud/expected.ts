import { authorizationAt, type StreamPlan } from './authorization.ts';
import { deskBlocks } from './review.ts';
import { scoreOf, verdictOf } from './rules.ts';
import { observe, type Uses } from './velocity.ts';

/** What must come out for one authorization. */
export interface Expected {
  readonly verdict: string;
  /** Whether a person had to be asked. */
  readonly isReviewed: boolean;
  readonly contact: string | null;
}

/** The whole stream decided in one loop, without topics, crashes or waiting: what the ledger must hold in the end. */
export function expectedOf(plan: StreamPlan): ReadonlyMap<string, Expected> {
  const uses = new Map<string, Uses>();
  const expected = new Map<string, Expected>();
  for (let index = 0; index < plan.count; index += 1) {
    const use = authorizationAt(plan, index, 0);
    const observed = observe(uses.get(use.card) ?? [], use);
    uses.set(use.card, observed.uses);
    const verdict = verdictOf(scoreOf(use, observed.velocity));
    const isReviewed = verdict === 'review';
    const answered = deskBlocks(use.amount) ? 'block' : 'pass';
    expected.set(use.id, { verdict: isReviewed ? answered : verdict, isReviewed, contact: use.contact });
  }
  return expected;
}
