import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Client, TuttiOptions } from 'tutti';
import { authorizationAt, type StreamPlan } from './authorization.ts';
import { Ledger } from './ledger.ts';
import { defineReview, deskBlocks, fraudDesk } from './review.ts';
import { Statistics } from './statistics.ts';
import { subscribeAll } from './subscriptions.ts';
import { CardUsed, declareTopics, type Topics } from './topics.ts';

/** The example, opened: what an engine takes, and what to look at. */
export interface Fraud {
  readonly definitions: NonNullable<TuttiOptions['definitions']>;
  readonly topics: Topics;
  readonly ledger: Ledger;
  readonly statistics: Statistics;
  /** How many holders this process has told. */
  readonly notified: () => number;
  close(): void;
}

/** Opens the ledger below a directory and declares topics, subscriptions and the review on it. */
export function openFraud(directory: string): Fraud {
  mkdirSync(directory, { recursive: true });
  const topics = declareTopics();
  const review = defineReview(topics);
  const ledger = new Ledger(join(resolve(directory), 'ledger.db'));
  const statistics = new Statistics();
  let notified = 0;
  subscribeAll(topics, {
    review,
    ledger,
    statistics,
    notify: () => void (notified += 1),
    now: () => performance.timeOrigin + performance.now(),
  });
  return {
    definitions: [...Object.values(topics), review],
    topics,
    ledger,
    statistics,
    notified: () => notified,
    close: () => ledger.close(),
  };
}

/** How many authorizations are on disk already: a crash leaves a beginning of the stream, never a hole. */
export async function publishedSoFar(client: Client): Promise<number> {
  const { partitions } = await client.showTopic('authorizations');
  return partitions.reduce((sum, { nextOffset }) => sum + nextOffset, 0);
}

/** Publishes the rest of the stream at its rate; resolves when all of it is on disk, or when it is told to stop. */
export async function publishStream(
  { topics }: Pick<Fraud, 'topics'>,
  plan: StreamPlan,
  { from, signal }: { readonly from: number; readonly signal?: AbortSignal },
): Promise<void> {
  const startedAt = performance.now();
  const pending: Promise<unknown>[] = [];
  for (let sent = from; sent < plan.count;) {
    if (signal?.aborted === true) break;
    const elapsedMs = performance.now() - startedAt;
    const due = Math.min(plan.count, from + Math.floor((elapsedMs * plan.rate) / 1_000));
    for (; sent < due; sent += 1) {
      const use = authorizationAt(plan, sent, performance.timeOrigin + performance.now());
      pending.push(topics.authorizations.publish(CardUsed(use)));
    }
    await new Promise((done) => setTimeout(done, 1));
    if (pending.length > 10_000) await Promise.all(pending.splice(0));
  }
  await Promise.all(pending);
}

/** Answers what the desk is asked, until it is stopped. Returns how often it answered. */
export async function answerAtDesk(client: Client, signal: AbortSignal): Promise<number> {
  let answered = 0;
  while (!signal.aborted) {
    for (const { id, detail } of await client.listApprovals({ to: fraudDesk })) {
      const { cents } = detail as { readonly cents: number };
      await client.answerApproval(id, { block: deskBlocks(cents) }, 'Ada').then(
        () => (answered += 1),
        // Another one of the desk was faster.
        () => undefined,
      );
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return answered;
}
