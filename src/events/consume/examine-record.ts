import type { TopicRecord, PartitionName } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { readAttributes } from '../publish/event-attributes.ts';
import { readEvent } from './read-event.ts';
import type { TopicFilter } from './topic-filter.ts';

/** What a record is to a subscription: not for it, an event for its handler or to call others off, or not to be understood. */
export type Examined =
  | { readonly kind: 'other' }
  | { readonly kind: 'event' | 'cancel'; readonly event: PublishedEvent }
  | { readonly kind: 'unreadable'; readonly error: unknown };

/** Where a record is examined. */
export interface Examination {
  readonly settings: SubscriptionSettings;
  readonly filter: TopicFilter;
  readonly log: PartitionName;
  readonly now: number;
}

const other: Examined = { kind: 'other' };

/** Looks at a record as little as possible: its type first, its data last. A condition that throws makes it unreadable. */
export function examineRecord(record: TopicRecord, { settings, filter, log, now }: Examination): Examined {
  const { on, flow, where, topic } = settings;
  const isWanted = on.has(record.type);
  if (!isWanted && flow.cancelOn === null) return other;
  try {
    if ((readAttributes(record).e ?? now) < now) return other;
    const event = readEvent(record, log, topic);
    if (flow.cancelOn?.isCancel(event) === true) return { kind: 'cancel', event };
    if (!isWanted || !filter.passes(settings, record, event)) return other;
    return where === null || where(event) ? { kind: 'event', event } : other;
  } catch (error) {
    return { kind: 'unreadable', error };
  }
}
