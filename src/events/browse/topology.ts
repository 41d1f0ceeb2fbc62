/**
 * How topics and subscriptions hang together: what is declared in code, and what was seen among the newest events.
 *
 * A cycle is a chain of declared emits that leads back to an event it began with. At run time the hop limit stops such a chain;
 * this report finds it before it runs.
 */
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { Topic } from '../model/topic.ts';
import { consumerId } from './find-consumer.ts';
import type { ConsumerView, TopicView } from './views.ts';

/** Something that publishes to a topic, or reads from it. */
export interface TopologyEdge {
  /** A producer's source, or a topic. */
  readonly from: string;
  /** A topic, or a consumer's id. */
  readonly to: string;
  /** Types that go this way. */
  readonly types: readonly string[];
  /** `declared` in code, `observed` among the newest events. */
  readonly kind: 'declared' | 'observed';
}

/** A chain of declared emits that leads back to where it began. */
export interface EmitCycle {
  /** Types and the subscriptions between them, in order; the last type is the first one again. */
  readonly path: readonly string[];
  /** Whether one of its subscriptions says `allowCycle`. */
  readonly isAllowed: boolean;
}

/** Everything at one look. */
export interface TopologyView {
  /** Sources seen among the newest events. */
  readonly producers: readonly string[];
  readonly topics: readonly TopicView[];
  readonly consumers: readonly ConsumerView[];
  readonly edges: readonly TopologyEdge[];
  readonly cycles: readonly EmitCycle[];
}

/** What is read, and what is said to be published, by the subscriptions of some topics. */
export function declaredEdges(topics: readonly Topic[]): readonly TopologyEdge[] {
  return topics.flatMap(({ name, subscriptions }) =>
    subscriptions.flatMap(({ settings }): readonly TopologyEdge[] => {
      const id = consumerId(settings);
      const read: TopologyEdge = { from: name, to: id, types: [...settings.on], kind: 'declared' };
      const written = topics
        .map((topic) => ({ topic, types: settings.emits.filter((type) => topic.settings.events.has(type)) }))
        .filter(({ types }) => types.length > 0)
        .map(({ topic, types }): TopologyEdge => ({ from: id, to: topic.name, types, kind: 'declared' }));
      return [read, ...written];
    }),
  );
}

/** Who published the newest events of each topic: sources, and topics whose events caused them. */
export function observedEdges(
  newest: ReadonlyMap<string, readonly PublishedEvent[]>,
): readonly TopologyEdge[] {
  const topicOfEvent = new Map<string, string>();
  for (const [topic, events] of newest) for (const { id } of events) topicOfEvent.set(id, topic);
  const types = new Map<
    string,
    { readonly from: string; readonly to: string; readonly types: Set<string> }
  >();
  for (const [topic, events] of newest) {
    for (const { source, causationId, type } of events) {
      const cause = causationId === null ? undefined : topicOfEvent.get(causationId);
      const from = cause ?? source;
      const key = `${from}\n${topic}`;
      const known = types.get(key) ?? { from, to: topic, types: new Set<string>() };
      known.types.add(type);
      types.set(key, known);
    }
  }
  return [...types.values()].map((edge) => ({ ...edge, types: [...edge.types], kind: 'observed' }));
}

/** So many cycles say enough: a dense graph has exponentially many. */
const cyclesMax = 100;

/** Elementary cycles of declared emits, each once; at most 100 of them. */
export function findCycles(subscriptions: readonly SubscriptionSettings[]): readonly EmitCycle[] {
  const cycles: EmitCycle[] = [];
  const types = [...new Set(subscriptions.flatMap(({ on }) => [...on]))].toSorted();
  const walk = (first: string, at: string, path: readonly string[], isAllowed: boolean): void => {
    for (const subscription of subscriptions) {
      if (cycles.length >= cyclesMax) return;
      if (!subscription.on.has(at)) continue;
      for (const next of subscription.emits) {
        const longer = [...path, consumerId(subscription), next];
        const isStillAllowed = isAllowed || subscription.allowCycle;
        if (next === first) cycles.push({ path: longer, isAllowed: isStillAllowed });
        // Each cycle is found from its first type in order alone.
        else if (next > first && !path.includes(next)) walk(first, next, longer, isStillAllowed);
      }
    }
  };
  for (const first of types) walk(first, first, [first], false);
  return cycles;
}
