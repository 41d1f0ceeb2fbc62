import type { ConsumerView, PublishedEvent, TopicView } from '../../events/index.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Output } from '../output.ts';
import { compact } from '../output.ts';
import { tableLines } from './table.ts';

/** The lines of `topics show`. */
export function describeTopic(topic: TopicView, out: Output): readonly string[] {
  const { name, events, partitions, retention, dedupeMs, ttlMs, subscriptions } = topic;
  const kept = [
    ...(retention.forMs === null ? [] : [`for ${formatDuration(retention.forMs)}`]),
    ...(retention.bytes === null ? [] : [`up to ${formatBytes(retention.bytes)} per partition`]),
    ...(retention.isCompacted ? ['the newest of each key'] : []),
  ];
  return [
    `${out.style('bold', name)}  ${topic.count} events, ${formatBytes(topic.bytes)}, ${formatRate(topic.perSecond)}`,
    ` events   ${events.map(({ type, version }) => (version === 1 ? type : `${type} (version ${version})`)).join(', ')}`,
    ` order    ${topic.isKeyed ? 'per key' : 'none: events have no key'}${topic.hasPriorities ? ', urgent ones first' : ''}`,
    ` kept     ${kept.length === 0 ? 'for ever' : kept.join(', ')}${retention.evenUnread ? ', even unread' : ''}`,
    ...(dedupeMs === null ? [] : [` dedupe   within ${formatDuration(dedupeMs)}`]),
    ...(ttlMs === null ? [] : [` expires  ${formatDuration(ttlMs)} after it was published`]),
    ...(topic.durability === 'fsync' ? [] : [' durable  acknowledged before it is on disk']),
    ` read by  ${subscriptions.length === 0 ? 'nobody' : subscriptions.join(', ')}`,
    ...tableLines(
      out,
      ['PARTITION', 'OLDEST', 'NEXT', 'SIZE', 'BATCHES'],
      partitions.map(({ partition, startOffset, nextOffset, bytes, batches }) => [
        String(partition),
        String(startOffset),
        String(nextOffset),
        formatBytes(bytes),
        String(batches),
      ]),
    ),
  ];
}

/** The lines of `consumers show` and of what changes a consumer. */
export function describeConsumer(consumer: ConsumerView, out: Output): readonly string[] {
  return [
    `${out.style('bold', consumer.id)}  ${styledConsumer(consumer, out)}  ${consumer.reaction}`,
    ...(consumer.pausedBecause === null ? [] : [` paused       because ${consumer.pausedBecause}`]),
    ` reacts to    ${consumer.on.join(', ')}`,
    ` behind       ${formatLag(consumer.lag, consumer.lagMs)}`,
    ` parked       ${consumer.parked}`,
    ` dead letters ${consumer.deadLetters}`,
    ...(consumer.reaction.startsWith('sends') ? [` found no run ${consumer.unreached}`] : []),
    ...tableLines(
      out,
      ['PARTITION', 'POSITION', 'NEXT', 'LAG', 'PARKED', 'READ BY'],
      consumer.partitions.map(({ partition, position, nextOffset, lag, lagMs, parked, owner }) => [
        String(partition),
        String(position),
        String(nextOffset),
        formatLag(lag, lagMs),
        String(parked),
        owner ?? '-',
      ]),
    ),
  ];
}

/** The state of a consumer, in its color. */
export function styledConsumer({ state }: ConsumerView, out: Output): string {
  const colors = { active: 'green', paused: 'yellow', idle: 'dim' } as const;
  return out.style(colors[state], state);
}

/** Both sides of lag: `3 events, oldest 2s`. */
export function formatLag(events: number, ageMs: number | null): string {
  if (events === 0) return 'none';
  const age = ageMs === null ? '' : `, oldest ${formatDuration(Math.round(ageMs / 1_000) * 1_000)}`;
  return `${events} ${events === 1 ? 'event' : 'events'}${age}`;
}

/** One event on one line: when, where, what, and what led to it. */
export function eventLine(event: PublishedEvent, out: Output): string {
  const { time, partition, offset, type, key, data, correlationId, causationId, id } = event;
  const cause = causationId === null ? '' : ` <- ${causationId}`;
  const chain = correlationId === id ? '' : ` chain ${correlationId}`;
  return [
    out.style('dim', time),
    `${partition}:${offset}`,
    out.style('bold', type),
    ...(key === null ? [] : [key]),
    compact(data) + out.style('dim', `${cause}${chain}`),
  ].join('  ');
}

/** `1.5 MiB` */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** `12.5/s` */
export function formatRate(perSecond: number): string {
  return `${perSecond >= 100 ? Math.round(perSecond) : Number(perSecond.toFixed(2))}/s`;
}
