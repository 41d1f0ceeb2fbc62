/**
 * Finds work for one worker: claims due runs, reads new messages for the runs in memory, and knows when to look again.
 *
 * Owns: when the store is asked. Does not own: the runs (LiveRuns), the worker's number (WorkerPresence).
 * In: nudges (a commit of this or another process, a timer, the tick). Out: claimed runs with all they need; messages.
 *
 * Invariants:
 * W1  At most one look is under way; a nudge during it causes another one after it, so that no wake-up is lost.
 * W2  A message for a run that is claimed but not yet in memory is kept for it.
 */
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import type { Definition } from './definition.ts';
import type { LiveRuns } from './live-runs.ts';
import type { MessageRecord } from './model/message.ts';
import type { RunNumber } from './model/run.ts';
import type { WorkerNumber } from './model/worker.ts';
import { afterThisTurn } from './outside.ts';
import type { Payloads } from './payloads.ts';
import type { ClaimedRun, ClaimRequest, Store } from './ports/store.ts';
import { receiveMessage, type ReceivedMessage } from './received-message.ts';
import { claimedMaterial, type RunMaterial } from './run-material.ts';
import type { Alarm, TimerQueue } from './timer-queue.ts';

/** Runs taken by one claim. */
const claimRunsMax = 500;
/** And by the first after a start, when nothing is compiled yet: the first of them should not wait for the others. */
const claimRunsFirst = 50;
/** Messages read at a time. */
const messagesMax = 1_000;

/** What finding work is made of. */
export interface WorkFinderOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timers: TimerQueue;
  readonly payloads: Payloads;
  readonly live: LiveRuns;
  readonly liveRunsMax: number;
  readonly worker: () => WorkerNumber | null;
  readonly definitions: () => ReadonlyMap<string, Definition>;
  /** The store says that this worker may not act any more. */
  readonly lost: (error: unknown) => void;
  /** A run of this worker cannot go on now, because what it needs could not be read. */
  readonly handBack: (run: RunNumber, error: unknown) => void;
  /** A run was claimed and can begin. */
  readonly begin: (material: RunMaterial) => Promise<void>;
}

/** See the top of the file. */
export class WorkFinder {
  readonly #options: WorkFinderOptions;
  #isOn = false;
  #isLooking = false;
  #mustLookAgain = false;
  #isLookScheduled = false;
  #lastMessage = 0;
  #claimMax = claimRunsFirst;
  #nextClaim: Alarm | null = null;

  constructor(options: WorkFinderOptions) {
    this.#options = options;
  }

  /** Whether a look is under way or about to be. */
  get isBusy(): boolean {
    return this.#isLooking || this.#isLookScheduled;
  }

  start(): void {
    this.#isOn = true;
    this.#claimMax = claimRunsFirst;
    this.look();
  }

  stop(): void {
    this.#isOn = false;
    this.#nextClaim?.cancel();
  }

  /** A worker that registered anew has read no message yet. */
  forget(): void {
    this.#lastMessage = 0;
  }

  /** Looks for due runs and new messages, soon; many calls make one look. */
  look(): void {
    if (!this.#isOn || this.#isLookScheduled) return;
    if (this.#isLooking) {
      this.#mustLookAgain = true;
      return;
    }
    this.#isLookScheduled = true;
    afterThisTurn(() => {
      this.#isLookScheduled = false;
      void this.#lookNow();
    });
  }

  async #lookNow(): Promise<void> {
    const { worker, lost, logger } = this.#options;
    this.#isLooking = true;
    this.#mustLookAgain = false;
    try {
      const before = worker();
      if (before !== null) await this.#readMessages(before);
      const number = worker();
      if (number !== null && this.#isOn) await this.#claim(number);
    } catch (error) {
      if (isTuttiError(error) && error.code === 'TUTTI_OWNER_LOST') lost(error);
      else logger.warn('Looking for work failed; it is tried again.', { reason: String(error) });
    }
    this.#isLooking = false;
    if (this.#mustLookAgain) this.look();
  }

  async #readMessages(number: WorkerNumber): Promise<void> {
    const { store, live, worker } = this.#options;
    for (;;) {
      const messages = await store.newMessages(number, this.#lastMessage, messagesMax);
      for (const message of messages) {
        if (message.id > this.#lastMessage) this.#lastMessage = message.id;
        if (live.keepFor(message.run, message)) continue;
        if (live.get(message.run) === undefined) continue;
        const received = await this.#content(message);
        if (received !== null) live.get(message.run)?.receive(received);
      }
      if (messages.length < messagesMax || worker() !== number) return;
    }
  }

  /** The message with what it refers to. If that cannot be read its run is handed back, and null is the answer. */
  async #content(message: MessageRecord): Promise<ReceivedMessage | null> {
    const { store, payloads, handBack } = this.#options;
    try {
      return await receiveMessage(message, store, payloads);
    } catch (error) {
      handBack(message.run, error);
      return null;
    }
  }

  async #claim(worker: WorkerNumber): Promise<void> {
    const { clock, live, liveRunsMax } = this.#options;
    const definitions = [...this.#options.definitions().keys()];
    if (definitions.length === 0) return;
    const now = clock.now();
    if (live.size >= liveRunsMax) {
      live.releaseResting(now, live.size - liveRunsMax / 2);
      return;
    }
    const runsMax = Math.min(this.#claimMax, liveRunsMax - live.size);
    const claimed = await this.#claimRuns({ worker, now, runsMax, definitions });
    // Lost meanwhile: these runs belong to a number that this process no longer writes under, and go when that is declared dead.
    if (this.#options.worker() !== worker) return;
    for (const { run } of claimed) live.expect(run.number);
    for (const run of claimed) await this.#takeIn(run);
    this.#claimMax = Math.min(claimRunsMax, 2 * this.#claimMax);
    if (claimed.length === runsMax) this.#mustLookAgain = true;
    else await this.#sleepUntilNextWake(definitions);
  }

  /** A claim that may have been written although it failed leaves runs to a worker that does not know: it starts afresh (E1). */
  async #claimRuns(request: ClaimRequest): Promise<readonly ClaimedRun[]> {
    try {
      return await this.#options.store.claim(request);
    } catch (error) {
      if (isTuttiError(error) && error.code === 'TUTTI_STORE_FAILED') this.#options.lost(error);
      throw error;
    }
  }

  async #sleepUntilNextWake(definitions: readonly string[]): Promise<void> {
    const { store, timers } = this.#options;
    const next = await store.nextWake(definitions);
    this.#nextClaim?.cancel();
    this.#nextClaim = next === null || !this.#isOn ? null : timers.at(next, () => this.look());
  }

  async #takeIn(claimed: ClaimedRun): Promise<void> {
    const { store, payloads, live, definitions, begin, handBack } = this.#options;
    const definition = definitions().get(claimed.run.definition);
    if (definition === undefined) return;
    let material: RunMaterial;
    try {
      material = await claimedMaterial(claimed, definition, store, payloads);
    } catch (error) {
      return handBack(claimed.run.number, error);
    }
    if (live.isExpected(claimed.run.number)) await begin(material);
  }
}
