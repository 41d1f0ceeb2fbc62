/**
 * Tasks that depend on their past: each waits for the same task of the run of the interval before, and tells its own end to the
 * run of the interval after.
 *
 * Owns: the durable operations of that, and how many ends are still to be told. Does not own: which task waits (GraphRun).
 * Invariants:
 * A1  Nobody waits for an end that was told: the waiting run leaves its name and then looks for the end; the ending run leaves
 *     the end and then looks for a name. Whichever comes second sees the other.
 * A2  A run that does not exist, or that completed without telling, holds nobody up: there is nothing to wait for.
 * A3  What is on disk after a crash half-way is met again by the replay; only the missing operations are issued.
 */
import { resolveRetryPolicy } from '../base/retry-policy.ts';
import type { CancelScope, RunHandle, StepAttempt } from '../engine/index.ts';
import { endSpace, letsPass, pastKey, waiterSpace } from './past-cells.ts';
import { pastPath, pastSignal } from './past-names.ts';
import { stateName, type NodeState } from './scope-run.ts';

/** Cells are read and written in the store itself, which is tried again until it answers. */
const lasting = resolveRetryPolicy({ maximumAttempts: 1_000, initialInterval: '1s' }, 'a look at the past');

/** What a gate needs beside its run. */
export interface PastGateParts {
  /** Where ends are told: a cancellation of the run does not reach it. */
  readonly scope: CancelScope;
  /** Called after each operation that ended: in a replay it may have been the last one on record. */
  readonly heard: () => void;
}

/** See the top of the file. */
export class PastGate {
  readonly #run: RunHandle;
  readonly #parts: PastGateParts;
  #pending = 0;
  #whenDone: (() => void) | null = null;

  constructor(run: RunHandle, parts: PastGateParts) {
    this.#run = run;
    this.#parts = parts;
  }

  /** The run that tasks of this one wait for; null when they wait for none, as in the first run of a backfill. */
  get previousRun(): string | null {
    const { trigger } = this.#run;
    if (trigger === null || trigger.ignoresPast) return null;
    return trigger.previousRun;
  }

  /** Resolves when the task of the run before has succeeded or was skipped. @throws the reason of a cancellation. */
  async pass(task: string, previous: string): Promise<void> {
    const key = pastKey(previous, task);
    const { id } = this.#run.record;
    await this.#step(task, 'wait', (attempt) => {
      attempt.writeCellValue({ space: waiterSpace, key }, id);
    });
    const isMet = await this.#step(task, 'look', async (attempt) => {
      const end = await attempt.readCellValue({ space: endSpace, key });
      if (end !== undefined) return letsPass(end);
      const state = await attempt.readRunState(previous);
      return state === null || state === 'completed';
    });
    if (isMet === true) return;
    const place = { path: pastPath(task), cancelScope: this.#run.root };
    await this.#run.signal({ place, name: pastSignal(task, previous), timeoutMs: null });
  }

  /** Tells the end of a task to the run after this one, whether it exists already or not. */
  tell(task: string, code: number): void {
    const { trigger } = this.#run;
    if (trigger === null || (trigger.by !== 'schedule' && trigger.by !== 'backfill')) return;
    this.#pending += 1;
    this.#tell(task, stateName(code)).then(
      () => this.#told(),
      () => this.#told(),
    );
  }

  /** Calls back once every end has been told. */
  whenDone(callback: () => void): void {
    if (this.#pending === 0) callback();
    else this.#whenDone = callback;
  }

  async #tell(task: string, state: NodeState): Promise<void> {
    const { id } = this.#run.record;
    const key = pastKey(id, task);
    const { scope } = this.#parts;
    await this.#step(task, 'tell', (attempt) => {
      attempt.writeCellValue({ space: endSpace, key }, state);
    });
    if (!letsPass(state)) return;
    const waiter = await this.#step(task, 'find', async (attempt) => {
      return (await attempt.readCellValue({ space: waiterSpace, key })) ?? null;
    });
    if (typeof waiter !== 'string') return;
    // A run that has ended meanwhile waits for nothing: that it refuses the signal is of no concern.
    const place = { path: pastPath(task), cancelScope: scope };
    await this.#run.send({ place, runId: waiter, signal: pastSignal(task, id), payload: null });
  }

  #told(): void {
    this.#pending -= 1;
    this.#parts.heard();
    if (this.#pending === 0) this.#whenDone?.();
  }

  async #step(task: string, name: string, body: (attempt: StepAttempt) => unknown): Promise<unknown> {
    const isTelling = name === 'tell' || name === 'find';
    const result = await this.#run.step({
      place: { path: pastPath(task), cancelScope: isTelling ? this.#parts.scope : this.#run.root },
      name,
      body,
      retry: lasting,
      attemptTimeoutMs: null,
      timeoutMs: null,
    });
    this.#parts.heard();
    return result;
  }
}
