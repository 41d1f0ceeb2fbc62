import type { Item } from './flow-rules.ts';

/** Events that must be handled in order, one after the other. */
export interface Lane<E> {
  readonly name: string;
  /** What waits, in order; events that were collected together stay together. */
  entries: (readonly Item<E>[])[];
  /** Its first events are in a handler. */
  isBusy: boolean;
  /** It stands among those that may go. */
  isListed: boolean;
}
