import { event, topic, type EventDefinition, type Topic } from 'tutti';
import { authorizationSchema, type Authorization } from './authorization.ts';
import type { Score } from './rules.ts';

/** A use of a card with its score. */
export interface ScoredUse {
  readonly use: Authorization;
  readonly score: Score;
}

/** What was decided, by the rules or by a person. */
export interface Decision {
  readonly authorization: string;
  readonly card: string;
  readonly verdict: 'pass' | 'flag' | 'block';
  readonly by: string;
  readonly reasons: readonly string[];
  readonly contact: string | null;
  readonly sentAt: number;
}

type CardUsed = EventDefinition<'card.used', Authorization>;
type CardScored = EventDefinition<'card.scored', ScoredUse>;
type CardDecided = EventDefinition<'card.decided', Decision>;

export const CardUsed: CardUsed = event('card.used', { schema: authorizationSchema });
export const CardScored: CardScored = event('card.scored');
export const CardDecided: CardDecided = event('card.decided');

/** The topics of one engine. */
export interface Topics {
  readonly authorizations: Topic<CardUsed>;
  readonly scores: Topic<CardScored>;
  readonly decisions: Topic<CardDecided>;
}

/** The topics of one process; made anew for each, since subscriptions belong to one engine. */
export function declareTopics(): Topics {
  return {
    authorizations: topic('authorizations', { events: [CardUsed], key: (e) => e.data.card }),
    scores: topic('scores', { events: [CardScored], key: (e) => e.data.use.card }),
    decisions: topic('decisions', { events: [CardDecided], key: (e) => e.data.card }),
  };
}
