import type { RunTrigger } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';

/** What a run says of the event that started it, through which subscription. */
export function eventTrigger(
  subscription: Pick<SubscriptionSettings, 'name' | 'topic'>,
  event: PublishedEvent,
): RunTrigger {
  const { topic, partition, offset, id, type, correlationId, hops, traceparent } = event;
  const place = { topic, partition, offset, id, type, correlationId, hops };
  return {
    by: 'event',
    schedule: `${subscription.topic.name}/${subscription.name}`,
    interval: null,
    backfill: null,
    previousRun: null,
    ignoresPast: false,
    partition: null,
    event: traceparent === null ? place : { ...place, traceparent },
  };
}
