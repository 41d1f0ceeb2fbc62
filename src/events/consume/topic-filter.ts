import type { TopicRecord } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { PatternIndex } from '../pattern/pattern-index.ts';

/**
 * The filters of all subscriptions of a topic, indexed together. The first subscription that looks at a record finds the
 * answer for all of them; the others find it ready.
 */
export class TopicFilter {
  readonly #index: PatternIndex;
  readonly #numbers = new Map<SubscriptionSettings, number>();
  readonly #answers = new WeakMap<TopicRecord, readonly number[]>();

  constructor(subscriptions: readonly SubscriptionSettings[]) {
    const patterns = [];
    for (const subscription of subscriptions) {
      if (subscription.filter === null) continue;
      this.#numbers.set(subscription, patterns.length);
      patterns.push(subscription.filter);
    }
    this.#index = new PatternIndex(patterns);
  }

  /** Whether the subscription's filter lets the event through; `where` is not asked. */
  passes(subscription: SubscriptionSettings, record: TopicRecord, event: PublishedEvent): boolean {
    const number = this.#numbers.get(subscription);
    if (number === undefined) return true;
    const known = this.#answers.get(record);
    if (known !== undefined) return known.includes(number);
    const answer = this.#index.match(event);
    this.#answers.set(record, answer);
    return answer.includes(number);
  }
}
