/** What a run that waits for an event says in the row of its wait, for whoever reads the topic to match. */
import { decodeValue } from '../../base/codec.ts';

/** Which events are wanted. */
export interface WantedEvent {
  readonly topic: string;
  /** How many partitions the topic has. */
  readonly partitions: number;
  readonly type: string;
  /** A pattern over the event, as it was written; null for every event of the type. */
  readonly where: unknown;
}

/** An event of a topic, as a definition names it for its runs: a topic's `arrival`. `I` is what a run is started with. */
export interface EventSource<I> {
  readonly type: 'event';
  /** The event's type. */
  readonly name: string;
  /** Which events, given the run's input. Called again in every replay. @throws TUTTI_PATTERN_INVALID */
  wanted(input: I): WantedEvent;
}

/** Where an event lies. */
export interface EventPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The detail of a wait of kind `event`. */
export interface EventWaitDetail extends WantedEvent {
  /** By partition: the offset of the first event that counts. Written once, when the wait is first stored. */
  readonly from: readonly number[];
  /** The event does not go to the run's code; it cancels the run. */
  readonly cancels?: true;
}

/** The space of cells that say how far the log was searched for a wait; see {@link eventWaitCell}. */
export const eventWaitSpace = 'event-wait';

/** The key of such a cell: one per partition and wait. */
export function eventWaitCell(
  name: { readonly topic: string; readonly partition: number },
  wait: { readonly run: number; readonly key: string },
): string {
  return `${name.topic}/${name.partition}/${wait.run}/${wait.key}`;
}

/** The detail of a wait for an event. `text` is what the row holds. */
export function readEventWait(text: string): EventWaitDetail {
  return decodeValue(text) as EventWaitDetail;
}
