/** Whether a task's value is there for sure once its rule is satisfied, or the task may be skipped. */
export type Presence = 'always' | 'maybe';

declare const carried: unique symbol;

/**
 * The result of a task that will run: carries the type of its value and whether the task may be skipped, so that "my join was
 * skipped" is a matter of the type checker. Made by the builder only; has no value while the graph is built.
 */
export interface Ref<T = unknown, P extends Presence = 'always'> {
  /** For the type checker only. */
  readonly [carried]: readonly [T, P];
  /** The task's id in its graph. */
  readonly id: string;
}

/** Any reference, whatever it carries. */
export type AnyRef = Ref<unknown, Presence>;

/** The type a reference carries. */
export type ValueOf<R> = R extends Ref<infer T, Presence> ? T : never;

/** The presence a reference carries; what is no reference is always there. */
export type PresenceOf<R> = R extends Ref<unknown, infer P> ? P : 'always';

/** `maybe` as soon as one of them may be skipped. */
export type JoinedPresence<P extends Presence> = 'maybe' extends P ? 'maybe' : 'always';
