import type { Payload } from './payload.ts';
import type { RunNumber } from './run.ts';

/** Every kind of wait. */
export const waitKinds = [
  'timer',
  'signal',
  'event',
  'approval',
  'child',
  'retry',
  'step',
  'slot',
  'code',
] as const;

/**
 * What a run waits for: time, a signal, an event, a person, a child run, the next try of a step, a step that has been
 * running for a while, a concurrency slot, or code that no living worker has.
 */
export type WaitKind = (typeof waitKinds)[number];

/** One thing a run waits for (I7). Times are milliseconds since the epoch. */
export interface WaitRecord {
  readonly run: RunNumber;
  /** Key of the waiting operation; one wait per operation. */
  readonly key: string;
  readonly kind: WaitKind;
  /** The signal's, question's, child's or step's name. */
  readonly name: string;
  readonly since: number;
  /** When the wait ends by itself; null for never. */
  readonly deadline: number | null;
  /** What a reader needs beside the name: the form of a question, the id of a child, the error of a failed attempt. */
  readonly detail: Payload | null;
}
