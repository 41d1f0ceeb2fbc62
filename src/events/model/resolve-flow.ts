import { parseDuration, type Duration } from '../../base/duration.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { FlowRules } from '../consume/flow/flow-rules.ts';
import { rateOf } from '../consume/flow/rate-meter.ts';
import type { PublishedEvent } from './event.ts';
import { count } from './resolve-topic.ts';
import type { TopicSettings } from './topic-settings.ts';
import type { AnyEvent, RateOptions, SubscriptionOptions } from './subscription.ts';

/** How events are gathered for one call of a handler. */
export interface BatchOptions {
  readonly max: number;
  /** How long the first one waits for others at most. Default: not at all. */
  readonly within?: Duration;
}

type Event = PublishedEvent;
type Rules = FlowRules<Event>;

/** The options of a subscription that concern its flow. */
export type FlowOptions = Pick<
  SubscriptionOptions<AnyEvent, readonly string[]>,
  'limit' | 'throttle' | 'rateLimit' | 'debounce' | 'singleton' | 'priority' | 'cancelOn'
> & { readonly batch?: BatchOptions };

/** Handlers at a time of a subscription that says nothing of it; one call at a time with batches. */
const concurrencyDefault = 32;

/** Checks the flow control of a subscription. @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID */
export function resolveFlow(given: FlowOptions, what: string, topic: TopicSettings): Rules {
  const { throttle, rateLimit, batch } = given;
  refuseUnknownOptions(given.limit ?? {}, ['concurrency', 'per'], `limit of ${what}`);
  const concurrency = given.limit?.concurrency ?? (batch === undefined ? concurrencyDefault : 1);
  return {
    concurrency: count(what, 'limit.concurrency', concurrency, 100_000),
    concurrencyKey: given.limit?.per ?? null,
    throttle: throttle === undefined ? null : resolveRate(throttle, `throttle of ${what}`, 0),
    rateLimit:
      rateLimit === undefined ? null : resolveRate(rateLimit, `rateLimit of ${what}`, rateLimit.limit - 1),
    debounce: resolveDebounce(given.debounce, what),
    singleton: resolveSingleton(given.singleton, what),
    batch: resolveBatch(batch, what),
    priority: given.priority ?? (topic.priority === null ? null : ({ priority }): number => priority),
    cancelOn: resolveCancel(given.cancelOn, what),
  };
}

function resolveRate(
  options: RateOptions<Event>,
  what: string,
  burst: number,
): NonNullable<Rules['throttle']> {
  refuseUnknownOptions(options, ['limit', 'per', 'burst', 'key'], what);
  const limit = count(what, 'limit', options.limit, 1_000_000_000);
  const rate = rateOf(limit, parseDuration(options.per, `per in ${what}`), options.burst ?? burst);
  return { rate, key: options.key ?? ((): string => '') };
}

function resolveDebounce(debounce: FlowOptions['debounce'], what: string): Rules['debounce'] {
  if (debounce === undefined) return null;
  refuseUnknownOptions(debounce, ['for', 'atMost', 'key', 'collect'], `debounce of ${what}`);
  const { atMost, key = null, collect = 'last' } = debounce;
  const forMs = parseDuration(debounce.for, `debounce.for of ${what}`);
  const atMostMs = atMost === undefined ? null : parseDuration(atMost, `debounce.atMost of ${what}`);
  return { forMs, atMostMs, key, collect };
}

function resolveSingleton(singleton: FlowOptions['singleton'], what: string): Rules['singleton'] {
  if (singleton === undefined) return null;
  refuseUnknownOptions(singleton, ['key', 'whenBusy'], `singleton of ${what}`);
  return { key: singleton.key ?? null, whenBusy: singleton.whenBusy ?? 'wait' };
}

function resolveBatch(batch: BatchOptions | undefined, what: string): Rules['batch'] {
  if (batch === undefined) return null;
  refuseUnknownOptions(batch, ['max', 'within'], `batch of ${what}`);
  const max = count(what, 'batch.max', batch.max, 1_000_000);
  return { max, withinMs: parseDuration(batch.within ?? 0, `batch.within of ${what}`) };
}

function resolveCancel(cancelOn: FlowOptions['cancelOn'], what: string): Rules['cancelOn'] {
  if (cancelOn === undefined) return null;
  refuseUnknownOptions(cancelOn, ['event', 'match'], `cancelOn of ${what}`);
  return { isCancel: (event) => event.type === cancelOn.event, match: cancelOn.match ?? null };
}
