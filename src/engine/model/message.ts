import type { JournalAppend } from './journal.ts';
import type { Payload } from './payload.ts';
import type { RunNumber } from './run.ts';

/** Every kind of message. */
export const messageKinds = [
  'signal',
  'answer',
  'child',
  'event',
  'cancel',
  'pause',
  'resume',
  'slot',
] as const;

/** Why a message lies in a run's inbox. */
export type MessageKind = (typeof messageKinds)[number];

/** A message in the inbox of a run. It stays there until the commit that journals what it did. */
export interface MessageRecord {
  /** Grows with every accepted message of the store. */
  readonly id: number;
  readonly run: RunNumber;
  readonly kind: MessageKind;
  /** The signal's name; for an answer, a child's end or granted slots the key of the waiting operation. */
  readonly name: string;
  readonly at: number;
  readonly payload: Payload | null;
}

/** A message on its way into the store. */
export interface MessageSend {
  readonly run: RunNumber;
  readonly kind: MessageKind;
  readonly name: string;
  readonly at: number;
  readonly payload: Payload | null;
  /** Accept only while the run has an open wait with this key and no message of this kind and name lies in the inbox yet. */
  readonly onlyIfWaiting?: string;
  /** When a run sends: what its own journal gets, in the same transaction (I4). Both carry the same position. */
  readonly journal?: ConditionalEntry;
}

/** Two forms of one journal entry; the store writes the one that fits what happened. */
export interface ConditionalEntry {
  readonly accepted: JournalAppend;
  readonly refused: JournalAppend;
}

/**
 * What became of a message: `accepted` is on disk; `finished`: the run has ended; `unknown`: there is no such run;
 * `closed`: the wait it answers is over or already answered.
 */
export type SendOutcome = 'accepted' | 'finished' | 'unknown' | 'closed';

/** The outcome of one `MessageSend`; `id` is the message's when it was accepted, else 0. */
export interface SendResult {
  readonly outcome: SendOutcome;
  readonly id: number;
}
