/**
 * The run: one execution of a definition, and the state changes it may make.
 *
 *   pending → running ⇄ waiting → completed | failed | canceled
 *                 ⇅        ⇅
 *                 paused (by a person, or because no code here can replay it)
 *
 * A finished run is never opened again; running it once more makes a new generation under the same id.
 */
import type { Payload } from './payload.ts';
import type { WorkerNumber } from './worker.ts';

/** The store's own compact key of a run. Never shown to people and never reused. */
export type RunNumber = number;

/** Every state of a run. */
export const runStates = [
  'pending',
  'running',
  'waiting',
  'paused',
  'completed',
  'failed',
  'canceled',
] as const;

/** Where a run stands; one spelling in code, SQL, HTTP, command line and console. */
export type RunState = (typeof runStates)[number];

/** The states a run never leaves. */
export type FinalState = 'completed' | 'failed' | 'canceled';

/** Which paradigm wrote the definition of a run. */
export type DefinitionKind = 'workflow' | 'pipeline' | 'reaction';

/** The operation of another run that waits for this one: who to tell when it ends. */
export interface ParentLink {
  readonly run: RunNumber;
  /** Key of the waiting operation, see `operationKey`. */
  readonly operation: string;
}

/** `wakeAt` of a run that no time will wake: it waits for a message or for a person. */
export const neverWakes: number = Number.MAX_SAFE_INTEGER;

/** `owner` of a run that no worker holds. */
export const nobody = 0;

/** A run as the store keeps it. Times are milliseconds since the epoch. */
export interface RunRecord {
  readonly number: RunNumber;
  /** Chosen by the caller or generated; the newest generation answers to it. */
  readonly id: string;
  /** 1 for the first run under this id, one more for each run that reused it. */
  readonly generation: number;
  readonly kind: DefinitionKind;
  readonly definition: string;
  readonly version: string;
  readonly state: RunState;
  readonly input: Payload;
  /** The result of a completed run, or the encoded `ErrorRecord` of a failed, canceled or paused one. */
  readonly result: Payload | null;
  /** What the code last said it is doing, for people. */
  readonly status: string | null;
  /** Seed of all randomness in this run's code, so that a replay draws the same values. */
  readonly seed: number;
  readonly owner: WorkerNumber;
  /**
   * When a run without a living owner becomes claimable: 0 is at once, `neverWakes` only through a message.
   * A run at work keeps 0, so that the claim after its owner's death is the claim of a new run (I5). Null once finished.
   */
  readonly wakeAt: number | null;
  /** When the run as a whole times out; null for never. */
  readonly deadlineAt: number | null;
  readonly parent: ParentLink | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly updatedAt: number;
  readonly endedAt: number | null;
}

/** Whether a run in this state can never change again. */
export function isFinal(state: RunState): state is FinalState {
  return state === 'completed' || state === 'failed' || state === 'canceled';
}

const open: readonly RunState[] = ['running', 'waiting', 'paused'];
const ends: readonly RunState[] = ['completed', 'failed', 'canceled'];

const transitions: Readonly<Record<RunState, readonly RunState[]>> = {
  pending: ['running', 'paused', 'canceled', 'failed'],
  running: [...open, ...ends],
  waiting: [...open, ...ends],
  paused: [...open, ...ends],
  completed: [],
  failed: [],
  canceled: [],
};

/** Whether a run may go from one state to the other (staying in an open state is allowed). */
export function canBecome(from: RunState, to: RunState): boolean {
  return transitions[from].includes(to);
}
