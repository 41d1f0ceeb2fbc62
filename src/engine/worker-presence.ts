/**
 * This process as a worker of the store: its number, its lease, and what happens when it loses them.
 *
 * Owns: the registration and its renewal, the declaration of others' death, pruning. Does not own: runs; it tells when they are lost.
 *
 * Invariants:
 * E1  Nothing is written in the name of a number that this process no longer holds (I2): losing it drops every run first.
 * E2  There is no recovery: after a loss the process registers anew and claims, like any other (I5).
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import type { WorkerNumber } from './model/worker.ts';
import type { Payloads } from './payloads.ts';
import type { Store } from './ports/store.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { isStoreFailure } from './until-stored.ts';

/** How long to wait before registering is tried again. Milliseconds. */
const registerRetryMs = 1_000;
/** Finished runs deleted by one transaction. */
const pruneRunsMax = 1_000;

/** What a worker's presence is made of. */
export interface WorkerPresenceOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  readonly payloads: Payloads;
  readonly name: string;
  readonly leaseMs: number;
  /** Milliseconds; null keeps finished runs for ever. */
  readonly retentionMs: number | null;
  readonly definitionNames: () => readonly string[];
  /** Drop every run: they are others' now. */
  readonly dropRuns: (reason: Error) => void;
  /** Runs were deleted, of which nothing is left. */
  readonly runsGone: (ids: readonly string[]) => void;
  /** Registered anew after a loss. */
  readonly cameBack: () => void;
}

/** See the top of the file. */
export class WorkerPresence {
  readonly #options: WorkerPresenceOptions;
  #number: WorkerNumber | null = null;
  #isWanted = false;
  #isComingBack = false;
  #lastRenewal = 0;

  constructor(options: WorkerPresenceOptions) {
    this.#options = options;
  }

  /** Under which number this process may write now; null while it holds none. */
  get number(): WorkerNumber | null {
    return this.#number;
  }

  /** Whether it is between a loss and its next registration. */
  get isComingBack(): boolean {
    return this.#isComingBack;
  }

  /** Registers. @throws TUTTI_STORE_* */
  async begin(): Promise<void> {
    this.#isWanted = true;
    // First of all, so that what a killed predecessor left is claimed at once and not at the first tick.
    await this.#options.store.declareDead(this.#options.clock.now());
    await this.#register();
  }

  /** No registration is wanted any more; the number stays until `end`. */
  leave(): void {
    this.#isWanted = false;
  }

  /** Says goodbye to the store: what this worker held may be claimed at once. */
  async end(): Promise<void> {
    const number = this.#number;
    this.#number = null;
    if (number === null) return;
    try {
      await this.#options.store.retireWorker(number);
    } catch (error) {
      // A full disk must not keep a process from stopping: unsaid, the goodbye only costs the others the rest of the lease.
      if (!isStoreFailure(error)) throw error;
      this.#options.logger.warn('This worker could not say goodbye; its lease ends by itself.', {
        reason: String(error),
      });
    }
  }

  /** The store, or the result of a commit, said that this number may not write: drop the runs (E1), then come back (E2). */
  lost(error: unknown): void {
    const { telemetry, logger, clock, dropRuns } = this.#options;
    this.#number = null;
    dropRuns(error instanceof Error ? error : new Error(String(error)));
    const fields = { code: isTuttiError(error) ? error.code : null };
    telemetry.emit({ name: 'worker.lost', at: clock.now(), fields });
    if (!this.#isWanted) return;
    logger.warn('This worker lost its runs and registers anew.', { reason: String(error) });
    if (this.#isComingBack) return;
    this.#isComingBack = true;
    void this.#comeBack();
  }

  /** Renews the lease when a third of it has passed, declares the dead, prunes. */
  async keep(): Promise<void> {
    const { store, clock, leaseMs } = this.#options;
    const now = clock.now();
    if (this.#number !== null && now - this.#lastRenewal >= leaseMs / 3) {
      this.#lastRenewal = now;
      const number = this.#number;
      const isAlive = await store.renewLease(number, now + leaseMs);
      // The answer may be late, and about a registration that was lost and replaced meanwhile.
      if (!isAlive && this.#isWanted && this.#number === number)
        this.lost(new TuttiError('TUTTI_OWNER_LOST', 'This worker was declared dead.'));
    }
    await store.declareDead(now);
    await this.#prune(now);
  }

  async #register(): Promise<void> {
    const { store, clock, name, leaseMs, definitionNames } = this.#options;
    const now = clock.now();
    this.#lastRenewal = now;
    const definitions = definitionNames();
    this.#number = await store.registerWorker({ name, now, leaseUntil: now + leaseMs, definitions });
  }

  async #comeBack(): Promise<void> {
    const { clock, logger, cameBack } = this.#options;
    while (this.#isWanted && this.#number === null) {
      try {
        await this.#register();
      } catch (error) {
        logger.error('This worker could not register; it tries again.', { reason: String(error) });
        await new Promise<void>((resolve) => clock.setTimer(registerRetryMs, resolve));
      }
    }
    this.#isComingBack = false;
    cameBack();
  }

  async #prune(now: number): Promise<void> {
    const { store, payloads, retentionMs } = this.#options;
    if (retentionMs === null) return;
    const pruned = await store.prune({ endedBefore: now - retentionMs, runsMax: pruneRunsMax });
    const gone: string[] = [];
    for (const { id } of pruned) if ((await store.findRun(id)) === null) gone.push(id);
    if (gone.length === 0) return;
    this.#options.runsGone(gone);
    await payloads.deleteRuns(gone);
  }
}
