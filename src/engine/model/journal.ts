import type { Payload } from './payload.ts';
import type { RunNumber } from './run.ts';

/** Every kind of journal entry. */
export const entryKinds = [
  /** A step finished: its result, or the error it gave up with. */
  'step',
  /** An attempt of a step failed and another will follow; payload is the error and the time of the next try. */
  'attempt',
  /** A sleep is over. */
  'timer',
  /** A wait for a signal ended: with the signal's payload, or by its timeout. */
  'signal',
  /** A wait for an event of a topic ended: with the event, or by its timeout. */
  'event',
  /** A question to a person ended: with the answer, or by its deadline. */
  'approval',
  /** A called child run ended. */
  'child',
  /** Another run was started, and is not awaited. */
  'start',
  /** A signal was sent to another run. */
  'send',
  /** Events were published to a topic. */
  'publish',
  /** Slots of a pool were granted, or the wait for them timed out. */
  'slot',
  /** Slots were given back. */
  'release',
  /** A value the code asked to have remembered, for example which side of a patch this run took. */
  'record',
  /** The run was asked to cancel. Belongs to no operation. */
  'cancel',
] as const;

/** What kind of fact a journal entry holds. */
export type EntryKind = (typeof entryKinds)[number];

/** Every way an operation can end. */
export const entryOutcomes = ['ok', 'error', 'timeout', 'canceled'] as const;

/** How the operation of an entry ended. `error` means that the payload is an encoded `ErrorRecord`. */
export type EntryOutcome = (typeof entryOutcomes)[number];

/** One fact in the append-only record of a run. Times are milliseconds since the epoch. */
export interface JournalEntry {
  /** Position in the run's journal: 0, 1, 2, ... without a gap. */
  readonly seq: number;
  readonly kind: EntryKind;
  /** Scope path of the operation, '' at the root of the code; see `operationKey`. */
  readonly scope: string;
  readonly name: string;
  /** How many operations of this scope, kind and name were issued before this one. */
  readonly occurrence: number;
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly outcome: EntryOutcome;
  readonly startedAt: number;
  readonly at: number;
  readonly payload: Payload | null;
}

/** A journal entry on its way into the store. */
export interface JournalAppend extends JournalEntry {
  readonly run: RunNumber;
}

/**
 * The identity of an operation: scope path + kind + name + occurrence. Two operations of one run never share it,
 * and a replay that issues another identity than the recorded one has left the recorded path.
 */
export function operationKey(scope: string, kind: string, name: string, occurrence: number): string {
  return `${scope}/${kind}:${name}#${occurrence}`;
}
