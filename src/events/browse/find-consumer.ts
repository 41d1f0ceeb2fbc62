import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { Topic } from '../model/topic.ts';

/** How a subscription is named outside of its topic. */
export function consumerId({ name, topic }: SubscriptionSettings): string {
  return `${topic.name}/${name}`;
}

/**
 * The subscription of this id: `topic/subscription`, or the subscription's name alone where only one topic has it.
 * @throws TUTTI_SUBSCRIPTION_NOT_FOUND, with the nearest id there is.
 */
export function findConsumer(topics: readonly Topic[], id: string): SubscriptionSettings {
  const all = topics.flatMap((topic) => topic.subscriptions.map(({ settings }) => settings));
  const exact = all.find((settings) => consumerId(settings) === id);
  if (exact !== undefined) return exact;
  const [named, second] = all.filter(({ name }) => name === id);
  if (named !== undefined && second === undefined) return named;
  const ids = all.map(consumerId);
  const nearest = named === undefined ? nearestName(id, ids) : undefined;
  const listed = ids.length === 0 ? 'none is loaded' : `there are ${ids.join(', ')}`;
  const hint = nearest === undefined ? listed : `did you mean "${nearest}"?`;
  throw new TuttiError(
    'TUTTI_SUBSCRIPTION_NOT_FOUND',
    named === undefined
      ? `No subscription is named "${id}"; ${hint}`
      : `Several topics have a subscription "${id}"; expected one of ${ids.filter((one) => one.endsWith(`/${id}`)).join(', ')}.`,
    { details: { subscription: id } },
  );
}
