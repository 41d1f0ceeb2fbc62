import { parseDuration } from '../../base/duration.ts';
import { nearestName } from '../../base/nearest.ts';
import { resolveRetryPolicy, type ResolvedRetryPolicy } from '../../base/retry-policy.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { FlowRules } from '../consume/flow/flow-rules.ts';
import type { BatchHandler, EventHandler } from '../consume/handler-context.ts';
import { explainPattern, type Explanation } from '../pattern/explain-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { parseTransform, type Transformer } from '../transform/transform.ts';
import type { NewEvent, PublishedEvent } from './event.ts';
import { resolveFlow, type BatchOptions } from './resolve-flow.ts';
import { checkName, count } from './resolve-topic.ts';
import {
  whenGoneChoices,
  type AnyEvent,
  type SignalOptions,
  type StartPosition,
  type SubscriptionOptions,
  type WhenGone,
} from './subscription.ts';
import type { TopicSettings } from './topic-settings.ts';

/** What a subscription does that sends signals. */
export interface SignalReaction {
  readonly kind: 'send';
  readonly signal: string;
  readonly to: (event: PublishedEvent) => string | null;
  readonly payload: ((event: PublishedEvent) => unknown) | null;
  readonly whenGone: WhenGone;
}

/** What a subscription does with its events. */
type Reaction =
  | SignalReaction
  | { readonly kind: 'single'; readonly handle: EventHandler<PublishedEvent> }
  | { readonly kind: 'batch'; readonly handle: BatchHandler<PublishedEvent> }
  | {
      readonly kind: 'start';
      readonly definition: string;
      readonly input: ((event: PublishedEvent) => unknown) | null;
    };

/** A subscription's options, checked, with every default filled in. */
export interface SubscriptionSettings {
  readonly name: string;
  readonly topic: TopicSettings;
  readonly on: ReadonlySet<string>;
  readonly filter: Pattern | null;
  readonly where: ((event: PublishedEvent) => boolean) | null;
  readonly transform: Transformer | null;
  readonly from: StartPosition;
  /** Whether urgent events are looked for beyond those in memory. */
  readonly looksAhead: boolean;
  readonly flow: FlowRules<PublishedEvent>;
  readonly retry: ResolvedRetryPolicy;
  readonly attemptTimeoutMs: number | null;
  readonly prefetch: number;
  readonly reaction: Reaction;
  readonly emits: readonly string[];
  readonly allowCycle: boolean;
  /** Why an event would or would not reach it; `where` is not asked. */
  readonly explain: (event: NewEvent | PublishedEvent) => Explanation;
}

type Given = SubscriptionOptions<AnyEvent, readonly string[]> & {
  readonly handler?: unknown;
  readonly batch?: BatchOptions;
  readonly start?: { readonly name: string };
  readonly input?: (event: PublishedEvent) => unknown;
} & Partial<SignalOptions<PublishedEvent, unknown>>;

const knownOptions = [
  ...[
    'on',
    'filter',
    'where',
    'transform',
    'from',
    'limit',
    'throttle',
    'rateLimit',
    'debounce',
    'singleton',
  ],
  ...['priority', 'cancelOn', 'retry', 'attemptTimeout', 'prefetch', 'emits', 'allowCycle'],
  ...['handler', 'batch', 'start', 'input', 'send', 'to', 'payload', 'whenGone'],
];

/** Tries of a subscription that says nothing of it. */
const defaultRetry = { initialInterval: '1s', maximumInterval: '10m', maximumAttempts: 8 } as const;
const prefetchDefault = 10_000;

/** @throws TUTTI_DEFINITION_INVALID, TUTTI_PATTERN_INVALID, TUTTI_TRANSFORM_INVALID, TUTTI_OPTION_*, TUTTI_DURATION_INVALID */
export function resolveSubscription(
  topic: TopicSettings,
  name: string,
  options: object,
): SubscriptionSettings {
  checkName(name, `A subscription of topic "${topic.name}"`);
  const what = `subscription "${name}" of topic "${topic.name}"`;
  refuseUnknownOptions(options, knownOptions, what);
  const given = options as Given;
  const on = resolveTypes(topic, given.on, what);
  const filter = given.filter === undefined ? null : parsePattern(given.filter, `The filter of ${what}`);
  return {
    name,
    topic,
    on,
    filter,
    where: given.where ?? null,
    transform:
      given.transform === undefined ? null : parseTransform(given.transform, `The transform of ${what}`),
    from: given.from ?? 'tip',
    // Without numbers of their own, or where the order of the log is what the rules are about, nobody looks ahead.
    looksAhead:
      topic.priority !== null &&
      given.priority === undefined &&
      given.debounce === undefined &&
      given.cancelOn === undefined,
    flow: resolveFlow(given, what, topic),
    retry: resolveRetryPolicy({ ...defaultRetry, ...given.retry }, what),
    attemptTimeoutMs:
      given.attemptTimeout === undefined
        ? null
        : parseDuration(given.attemptTimeout, `attemptTimeout of ${what}`),
    prefetch: count(what, 'prefetch', given.prefetch ?? prefetchDefault, 1_000_000),
    reaction: resolveReaction(given, what),
    emits: given.emits ?? [],
    allowCycle: given.allowCycle === true,
    explain: (event) => explain(event, on, filter),
  };
}

function resolveTypes(
  topic: TopicSettings,
  on: readonly string[] | undefined,
  what: string,
): ReadonlySet<string> {
  const types = [...topic.events.keys()];
  for (const type of on ?? []) {
    if (types.includes(type)) continue;
    const nearest = nearestName(type, types);
    const hint = nearest === undefined ? `it declares ${types.join(', ')}` : `did you mean "${nearest}"?`;
    throw new TuttiError(
      'TUTTI_EVENT_UNKNOWN',
      `${what} reacts to "${type}", which its topic does not declare; ${hint}`,
    );
  }
  return new Set(on ?? types);
}

function resolveReaction(given: Given, what: string): Reaction {
  const { handler, batch, start, send, input, debounce } = given;
  const reactions = [handler, start, send].filter((one) => one !== undefined);
  if (reactions.length > 1)
    throw invalid(
      what,
      'does several things; expected one of a handler, a definition to start, a signal to send',
    );
  if (start !== undefined) return { kind: 'start', definition: start.name, input: input ?? null };
  if (send !== undefined) return resolveSignal(send, given, what);
  const stray = (['to', 'payload', 'whenGone'] as const).find((name) => given[name] !== undefined);
  if (stray !== undefined) throw invalid(what, `has \`${stray}\` and no signal to send`);
  if (typeof handler !== 'function') throw invalid(what, 'has no handler; expected a function');
  if (batch !== undefined || debounce?.collect === 'all') {
    return { kind: 'batch', handle: handler as BatchHandler<PublishedEvent> };
  }
  return { kind: 'single', handle: handler as EventHandler<PublishedEvent> };
}

function resolveSignal(send: { readonly name: string }, given: Given, what: string): SignalReaction {
  const { to, payload = null, whenGone = 'skip' } = given;
  if (typeof to !== 'function')
    throw invalid(
      what,
      `sends signal "${send.name}" and does not say to which run; expected the function \`to\``,
    );
  if (whenGoneChoices.includes(whenGone)) return { kind: 'send', signal: send.name, to, payload, whenGone };
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `whenGone of ${what} is ${JSON.stringify(whenGone)}; expected one of ${whenGoneChoices.join(', ')}.`,
  );
}

function invalid(what: string, fault: string): TuttiError {
  return new TuttiError('TUTTI_DEFINITION_INVALID', `${what} ${fault}.`);
}

function explain(
  event: NewEvent | PublishedEvent,
  on: ReadonlySet<string>,
  filter: Pattern | null,
): Explanation {
  if (!on.has(event.type)) {
    return {
      matches: false,
      path: 'type',
      expected: [...on],
      found: [event.type],
      reason: `it reacts to ${[...on].join(', ')}, not to ${event.type}`,
    };
  }
  if (filter === null) return { matches: true };
  // As the filter will see it: JSON, so that a Date is the text it is stored as.
  return explainPattern(filter, JSON.parse(JSON.stringify(event)));
}
