import { parseDuration, type Duration } from '../../base/duration.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { checkCompatibility, compatibilityDefault, type Compatibility } from './compatibility.ts';
import { isEventDefinition, type PublishedEvent } from './event.ts';
import type { AnyEvent, EventOf } from './subscription.ts';
import type { Retention, TopicSettings } from './topic-settings.ts';

/** What can be said of a topic. */
export interface TopicOptions<D extends AnyEvent> {
  /** The events it takes; others are refused. */
  readonly events: readonly D[];
  /** Events of one key are handled in order, different keys in parallel. Default: none, no order. */
  readonly key?: (event: EventOf<D>) => string | null;
  /**
   * How urgent an event is: a whole number from 0 to 9, kept with it. Urgent events are handled before others that wait, of
   * other keys, however many; every tenth time the one that waits longest goes first. Default: all alike, and no number is kept.
   */
  readonly priority?: (event: EventOf<D>) => number;
  /** Into how many logs it is divided, by key; workers share a subscription by partition. Fixed once published to. Default 1. */
  readonly partitions?: number;
  /** Default: for ever. */
  readonly retain?: RetainOptions;
  /** Store an event published twice once: by its id, or by what `by` gives. Default: do not look. */
  readonly dedupe?: { readonly by?: (event: EventOf<D>) => string; readonly within: Duration };
  /** After this long an event is no longer delivered. Default: never. */
  readonly ttl?: Duration;
  /**
   * `fsync`: a publish is acknowledged when it is on disk. `memory`: at once; a crash may lose the events of the last
   * moment. One with a producer's sequence waits all the same, since only the store can refuse it. Default `fsync`. Why there
   * is nothing between: docs/decisions/0025-durability-of-topics.md.
   */
  readonly durability?: 'fsync' | 'memory';
  /** Bytes of one event, with everything. Default 1 MiB. */
  readonly maxEventBytes?: number;
  /** How long a chain of events that cause each other may be. Default 32. */
  readonly hopsMax?: number;
  /** What a new schema of an event must keep, unless the event says it itself. Default `backward`. */
  readonly compatibility?: Compatibility;
}

/** How long events are kept; all bounds given hold. */
export interface RetainOptions {
  readonly for?: Duration;
  /** Per partition. */
  readonly bytes?: number;
  /** Keep only the newest event of each key. Default false. */
  readonly compact?: boolean;
  /** Delete also what a subscription has not handled; what it lost is noted on its cursor. Default false. */
  readonly evenUnread?: boolean;
}

const mebibyte = 2 ** 20;
const partitionsMax = 256;
/** The last part of a name is the subscription's; the first one must not look like two. */
const namePattern = /^[A-Za-z0-9._-]{1,128}$/;

/** @throws TUTTI_DEFINITION_INVALID for a name of a topic or subscription that is none. */
export function checkName(name: string, what: string): void {
  if (typeof name === 'string' && namePattern.test(name)) return;
  throw new TuttiError(
    'TUTTI_DEFINITION_INVALID',
    `${what} is named ${JSON.stringify(name)}; expected 1 to 128 letters, digits, dots, hyphens and underscores.`,
  );
}

const known = [
  'events',
  'key',
  'priority',
  'partitions',
  'retain',
  'dedupe',
  'ttl',
  'durability',
  'maxEventBytes',
  'hopsMax',
  'compatibility',
];

/** Checks a topic's options and fills in the defaults. @throws TUTTI_DEFINITION_INVALID, TUTTI_OPTION_*, TUTTI_DURATION_INVALID */
export function resolveTopic<D extends AnyEvent>(name: string, options: TopicOptions<D>): TopicSettings {
  checkName(name, 'A topic');
  const what = `topic "${name}"`;
  refuseUnknownOptions(options, known, what);
  const { key, priority, dedupe, ttl, durability = 'fsync', compatibility = compatibilityDefault } = options;
  checkCompatibility(compatibility, what);
  if (dedupe !== undefined) refuseUnknownOptions(dedupe, ['by', 'within'], `dedupe of ${what}`);
  if (durability !== 'fsync' && durability !== 'memory') {
    throw wrong(what, 'durability', "'fsync' or 'memory'", durability);
  }
  return {
    name,
    events: eventsByType(options.events, what),
    partitions: count(what, 'partitions', options.partitions ?? 1, partitionsMax),
    key: (key ?? null) as ((event: PublishedEvent) => string | null) | null,
    priority: (priority ?? null) as TopicSettings['priority'],
    dedupe:
      dedupe === undefined
        ? null
        : {
            by: (dedupe.by ?? null) as ((event: PublishedEvent) => string) | null,
            withinMs: parseDuration(dedupe.within, `dedupe.within of ${what}`),
          },
    retention: resolveRetention(options.retain ?? {}, what),
    ttlMs: ttl === undefined ? null : parseDuration(ttl, `ttl of ${what}`),
    durability,
    eventBytesMax: count(what, 'maxEventBytes', options.maxEventBytes ?? mebibyte, 64 * mebibyte),
    hopsMax: count(what, 'hopsMax', options.hopsMax ?? 32, 10_000),
    compatibility,
  };
}

function eventsByType(events: readonly AnyEvent[], what: string): TopicSettings['events'] {
  if (!Array.isArray(events) || events.length === 0 || !events.every(isEventDefinition)) {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `${what} has no events; expected a list of what event(...) returns.`,
    );
  }
  const byType = new Map(events.map((one) => [one.type, one]));
  if (byType.size === events.length) return byType;
  throw new TuttiError('TUTTI_DEFINITION_INVALID', `${what} declares an event of the same type twice.`);
}

function resolveRetention(retain: RetainOptions, what: string): Retention {
  refuseUnknownOptions(retain, ['for', 'bytes', 'compact', 'evenUnread'], `retain of ${what}`);
  return {
    forMs: retain.for === undefined ? null : parseDuration(retain.for, `retain.for of ${what}`),
    bytes:
      retain.bytes === undefined ? null : count(what, 'retain.bytes', retain.bytes, Number.MAX_SAFE_INTEGER),
    isCompacted: retain.compact === true,
    evenUnread: retain.evenUnread === true,
  };
}

/** A whole number from 1 to `max`. @throws TUTTI_OPTION_INVALID */
export function count(what: string, option: string, value: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw wrong(what, option, `a whole number from 1 to ${max}`, value);
}

function wrong(what: string, option: string, expected: string, got: unknown): TuttiError {
  return new TuttiError(
    'TUTTI_OPTION_INVALID',
    `${option} of ${what} must be ${expected}, got ${String(got)}`,
    {
      details: { option, expected, got: String(got) },
    },
  );
}
