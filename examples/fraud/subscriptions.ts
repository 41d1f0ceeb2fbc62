/** Who reads which topic: scoring, deciding, and three consumers that know nothing of each other. */
import type { Workflow } from 'tutti';
import type { Ledger } from './ledger.ts';
import { scoreOf, verdictOf } from './rules.ts';
import type { Statistics } from './statistics.ts';
import { CardDecided, CardScored, type ScoredUse, type Topics } from './topics.ts';
import { observe, type Uses } from './velocity.ts';

/** What the subscriptions work on. */
export interface Surroundings {
  readonly review: Workflow<ScoredUse>;
  readonly ledger: Ledger;
  readonly statistics: Statistics;
  /** Tells a card's holder. */
  readonly notify: (contact: string, text: string) => void;
  /** Milliseconds, with fractions. */
  readonly now: () => number;
}

/** Declares them all. They begin with the oldest event, so that nothing is missed however late they join. */
export function subscribeAll(topics: Topics, surroundings: Surroundings): void {
  scoreUses(topics);
  decide(topics, surroundings.review);
  const { ledger, statistics, notify, now } = surroundings;
  topics.decisions.subscribe('ledger', {
    from: 'oldest',
    batch: { max: 1_000, within: 5 },
    handler: (events) => ledger.book(events.map(({ data }) => data)),
  });
  topics.decisions.subscribe('notifier', {
    from: 'oldest',
    filter: { data: { verdict: ['block'] } },
    retry: { maximumAttempts: 3, initialInterval: 50 },
    handler: ({ data: { contact, card } }) => {
      // Poison: no other try will find a number. It becomes a dead letter, and nobody else waits for it.
      if (contact === null) throw new TypeError('the holder has no contact');
      notify(contact, `Your card ${card} was blocked.`);
    },
  });
  topics.decisions.subscribe('statistics', {
    from: 'oldest',
    batch: { max: 1_000, within: 1 },
    handler: (events) => {
      // How long a person thinks says nothing of the stream.
      for (const { data } of events) {
        statistics.decided(data.verdict, data.by === 'rules' ? now() - data.sentAt : null);
      }
    },
  });
}

/** The velocity of a card is state per key: it commits together with the score that was made of it. */
function scoreUses({ authorizations, scores }: Topics): void {
  authorizations.subscribe('score', {
    from: 'oldest',
    emits: ['card.scored'],
    handler: async ({ data: use }, ctx) => {
      const before = (await ctx.state.get()) as Uses | undefined;
      const { uses, velocity } = observe(before ?? [], use);
      ctx.state.set(uses);
      await ctx.publish(scores, CardScored({ use, score: scoreOf(use, velocity) }));
    },
  });
}

function decide({ scores, decisions }: Topics, review: Workflow<ScoredUse>): void {
  scores.subscribe('decide', {
    from: 'oldest',
    emits: ['card.decided'],
    handler: async ({ data }, ctx) => {
      const { use, score } = data;
      const verdict = verdictOf(score);
      if (verdict === 'review') return ctx.start(review, data, { id: `review-${use.id}` });
      const { id: authorization, card, contact, sentAt } = use;
      const decision = { authorization, card, verdict, by: 'rules', contact, sentAt } as const;
      return ctx.publish(decisions, CardDecided({ ...decision, reasons: score.reasons }));
    },
  });
}
