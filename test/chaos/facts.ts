/** What the ledger is told. The checks read nothing else, so what they know does not come from the engine alone. */

import type { Disturbance } from './worker-task.ts';

/** Who tells: which case, and the how-many-eth process of that case. */
interface Teller {
  readonly life: number;
  readonly pid: number;
}

/** The body of a step did its work. Recorded before the body returns, hence before its completion can be committed. */
export interface EffectFact {
  readonly type: 'effect';
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** Steps of this run whose results the code had been given by then: each was acknowledged to it. */
  readonly finished: readonly string[];
}

/** A client was told that this is on disk. */
export interface AcknowledgedFact {
  readonly type: 'acknowledged';
  readonly request: Request;
}

/** A client was told that this was not accepted. */
interface RefusedFact {
  readonly type: 'refused';
  readonly request: Request;
  readonly code: string;
  /** Whether it is there nevertheless. */
  readonly isThere: boolean;
}

/** What a client asks for; `name` is the definition, the signal or the question. */
export interface Request {
  readonly kind: 'start' | 'signal' | 'answer' | 'cancel';
  readonly run: string;
  readonly name: string;
}

/**
 * A process begins to read the store, for the `found` or `ended` that it tells next. While it reads, others go on: only what
 * was acknowledged before this line must be in what it finds.
 */
interface LookFact {
  readonly type: 'look';
}

/** What the store held when a process began, or took over: everything that survived. */
export interface FoundFact {
  readonly type: 'found';
  readonly state: StoreState;
}

/** All runs are over. */
export interface EndedFact {
  readonly type: 'ended';
  readonly state: StoreState;
  /** What `pragma integrity_check` finds; empty when the file is sound. */
  readonly damage: readonly string[];
  /** How many boundaries this process passed, by what counts them. */
  readonly passed: Readonly<Record<Disturbance['do'], number>>;
}

/** The engine reported a loss or a refused commit. */
interface TroubleFact {
  readonly type: 'trouble';
  readonly name: 'worker.lost' | 'commit.failed';
  readonly text: string;
}

/** A worker that had lost its runs executed a new one. */
interface WorkedOnFact {
  readonly type: 'worked on';
  readonly state: string;
}

/** One thing told. */
export type Fact =
  EffectFact | AcknowledgedFact | RefusedFact | LookFact | FoundFact | EndedFact | TroubleFact | WorkedOnFact;

/** One line of the ledger, in the order in which it was told. */
export type LedgerLine = Fact & Teller;

/** Everything a store holds that does not depend on when it happened. */
export interface StoreState {
  readonly runs: readonly RunFacts[];
}

/** One run as the store holds it. */
export interface RunFacts {
  readonly id: string;
  readonly generation: number;
  readonly definition: string;
  readonly state: string;
  /** Output or error, as JSON without stacks and times. */
  readonly result: string;
  readonly entries: readonly EntryFacts[];
  readonly waits: readonly string[];
  /** Kind and name of each message. */
  readonly inbox: readonly { readonly kind: string; readonly name: string }[];
}

/** One journal entry. */
export interface EntryFacts {
  readonly seq: number;
  readonly kind: string;
  readonly name: string;
  /** Scope and occurrence, which together with kind and name identify the operation. */
  readonly place: string;
  readonly attempt: number;
  readonly outcome: string;
  /** As JSON without stacks and times. */
  readonly value: string;
  /** Which life's body made this result; null for what is no step. */
  readonly by: number | null;
}
