/** An event as a subscriber gets it. */
export interface PublishedEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  readonly source: string;
  readonly subject: string | null;
  /** When it happened, RFC 3339. */
  readonly time: string;
  readonly key: string | null;
  readonly version: number;
  readonly data: Data;
  readonly headers: Readonly<Record<string, string>>;
  readonly topic: string;
  readonly partition: number;
  /** Its place in the partition: grows by one from event to event. */
  readonly offset: number;
  /** The same for everything that follows from one first cause. */
  readonly correlationId: string;
  /** The event or run that led to this one; null for a first cause. */
  readonly causationId: string | null;
  /** How many reactions lie between the first cause and this event. */
  readonly hops: number;
  /** W3C trace context of what published it; null if there was none. */
  readonly traceparent: string | null;
  /** After when it is no longer delivered, RFC 3339; null for never. */
  readonly expiresAt: string | null;
  /** From 0 to 9; the higher are handled first. 0 unless the topic has priorities. */
  readonly priority: number;
}

/** What a pattern looks at: an event as JSON, without its place in the log. */
export interface FilteredEvent<Type extends string = string, Data = unknown> {
  readonly id: string;
  readonly type: Type;
  readonly source: string;
  readonly subject: string | null;
  readonly time: string;
  readonly key: string | null;
  readonly version: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: Data;
}
