import type { Client } from 'tutti';
import type { StreamPlan } from './authorization.ts';
import { expectedOf } from './expected.ts';
import type { Fraud } from './open-fraud.ts';
import type { Decision } from './topics.ts';

/** What came out, against what the seed says must come out. */
export interface Account {
  readonly authorizations: number;
  readonly decided: number;
  readonly blocked: number;
  readonly reviewed: number;
  readonly deadLetters: number;
  /** One sentence per difference; empty when everything adds up. */
  readonly differences: readonly string[];
}

/** Counts the topics and the ledger against the stream, decided anew in a plain loop. */
export async function account(client: Client, fraud: Fraud, plan: StreamPlan): Promise<Account> {
  const expected = expectedOf(plan);
  const booked = fraud.ledger.all();
  const differences: string[] = [];
  for (const [id, { verdict }] of expected) {
    const found = booked.get(id)?.verdict;
    if (found === undefined) differences.push(`${id} was lost: it has no decision`);
    else if (found !== verdict) differences.push(`${id} was decided as ${found}, expected ${verdict}`);
  }
  if (booked.size > expected.size)
    differences.push(`${booked.size - expected.size} decisions are of nothing`);
  for (const [id, times] of await decisionsIn(client)) {
    if (times > 1) differences.push(`${id} was decided ${times} times`);
  }
  const all = [...expected.values()];
  const poison = all.filter(({ verdict, contact }) => verdict === 'block' && contact === null).length;
  const deadLetters = (await client.showConsumer('decisions/notifier')).deadLetters;
  if (deadLetters !== poison) differences.push(`${deadLetters} dead letters, expected ${poison}`);
  return {
    authorizations: expected.size,
    decided: booked.size,
    blocked: all.filter(({ verdict }) => verdict === 'block').length,
    reviewed: all.filter(({ isReviewed }) => isReviewed).length,
    deadLetters,
    differences,
  };
}

/** How often each authorization is decided in the topic itself. */
async function decisionsIn(client: Client): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (let from = 'oldest'; ;) {
    const { events, next } = await client.readEvents('decisions', { from, limit: 1_000 });
    for (const { data } of events) {
      const { authorization } = data as Decision;
      times.set(authorization, (times.get(authorization) ?? 0) + 1);
    }
    if (events.length === 0) return times;
    from = String(next);
  }
}
