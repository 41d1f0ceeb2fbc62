/**
 * Tends durable things of one kind, one in every worker: looks at each when its time comes or when a run it waits for ended, and
 * otherwise leaves it alone.
 *
 * Owns: one alarm and the awaited runs per thing. Does not own: what is durable, nor what is done (`step` of its options).
 * In: alarms, ends of runs, commits of other processes, nudges. Out: calls of `step`.
 *
 * Invariants:
 * T1  One thing is tended by one pass at a time; a reason to look that comes meanwhile makes the pass look again.
 * T2  Nothing is polled: a thing that rests costs one entry in a heap.
 * T3  A failed pass is tried again; it did nothing, or what it did is seen by the next look.
 */
import type { Logger } from '../base/logger.ts';
import { TimerQueue, type Alarm, type Engine, type RunNumber } from '../engine/index.ts';

/** Why to look again: at an instant (null: at none), or when one of these runs ends. */
export interface Rest {
  readonly until: number | null;
  readonly runs: readonly RunNumber[];
}

/** What a {@link Tender} is made of. */
export interface TenderOptions {
  readonly engine: Engine;
  readonly logger: Logger;
  /** What is tended, for the log: `schedule`. */
  readonly kind: string;
  /** How often what waits for a run is looked at, in case its end was not heard of. Milliseconds; null for never. */
  readonly safetyMs: number | null;
  /**
   * All there is to tend now, by key, each with a version of what is durable of it: one that is the same as before needs no look
   * after a commit of another process. A key that is missing is no longer tended.
   */
  readonly find: () => Promise<ReadonlyMap<string, number>>;
  /** Does one thing, durably or not at all. Returns `again` when there may be more to do at once. */
  readonly step: (key: string) => Promise<Rest | 'again'>;
}

/** How soon a pass that failed is tried again. Milliseconds. */
const retryMs = 1_000;
/** How long commits of other processes are gathered before everything is looked at. Milliseconds. */
const gatherMs = 250;
interface Tended {
  readonly key: string;
  /** As last found; null when it was never found. */
  version: number | null;
  alarm: Alarm | null;
  isTending: boolean;
  mustTendAgain: boolean;
  /** Stop listening to the runs it waits for. */
  stopsListening: readonly (() => void)[];
}

/** See the top of the file. */
export class Tender {
  readonly #options: TenderOptions;
  readonly #timers: TimerQueue;
  readonly #tended = new Map<string, Tended>();
  #isWorking = false;
  #stopListening: (() => void) | null = null;
  #isGathering = false;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: TenderOptions) {
    this.#options = options;
    this.#timers = new TimerQueue(options.engine.clock);
  }

  /** Begins to tend. */
  start(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#stopListening = this.#options.engine.store.onForeignCommit(() => this.#heardOthers());
    this.#lookAround();
    this.#watchOver();
  }

  /** Stops; resolves when the passes under way are over. What they did not commit is done by the next worker. */
  async stop(): Promise<void> {
    this.#isWorking = false;
    this.#stopListening?.();
    for (const tended of this.#tended.values()) this.#forget(tended);
    this.#timers.clear();
    this.#isGathering = false;
    await this.settled();
  }

  /** Looks at one thing now: something about it was changed in this process. */
  nudge(key: string): void {
    if (!this.#isWorking) return;
    let tended = this.#tended.get(key);
    if (tended === undefined) {
      tended = {
        key,
        version: null,
        alarm: null,
        isTending: false,
        mustTendAgain: false,
        stopsListening: [],
      };
      this.#tended.set(key, tended);
    }
    this.#tend(tended);
  }

  /** Looks at everything now: at what there is, and at what it does. */
  refresh(): void {
    for (const tended of this.#tended.values()) tended.version = null;
    this.#lookAround();
  }

  /** Resolves when no pass is under way. For tests, and for a clean stop. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #lookAround(): void {
    if (this.#isWorking) this.#track(this.#findChanged());
  }

  async #findChanged(): Promise<void> {
    try {
      const found = await this.#options.find();
      for (const [key, tended] of this.#tended) if (!found.has(key)) this.#forget(tended);
      for (const [key, version] of found) this.#nudgeIfChanged(key, version);
    } catch (error) {
      this.#warn(null, error);
      this.#timers.at(this.#options.engine.clock.now() + retryMs, () => this.#lookAround());
    }
  }

  /** What waits for a run is looked at in any case: another process may have ended it. */
  #nudgeIfChanged(key: string, version: number): void {
    const known = this.#tended.get(key);
    if (known?.version === version && known.stopsListening.length === 0) return;
    this.nudge(key);
    const tended = this.#tended.get(key);
    if (tended !== undefined) tended.version = version;
  }

  /** Another process committed something that may concern us; many such commits make one look. */
  #heardOthers(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    this.#timers.at(this.#options.engine.clock.now() + gatherMs, () => {
      this.#isGathering = false;
      this.#lookAround();
    });
  }

  #watchOver(): void {
    const { engine, safetyMs } = this.#options;
    if (safetyMs === null) return;
    this.#timers.at(engine.clock.now() + safetyMs, () => {
      for (const tended of this.#tended.values()) if (tended.stopsListening.length > 0) this.#tend(tended);
      this.#watchOver();
    });
  }

  #tend(tended: Tended): void {
    if (tended.isTending) {
      tended.mustTendAgain = true;
      return;
    }
    tended.isTending = true;
    quiet(tended);
    this.#track(this.#pass(tended));
  }

  async #pass(tended: Tended): Promise<void> {
    try {
      await this.#stepUntilRest(tended);
    } catch (error) {
      this.#warn(tended.key, error);
      this.#wakeAt(tended, this.#options.engine.clock.now() + retryMs);
    }
    tended.isTending = false;
    if (tended.mustTendAgain && this.#isCurrent(tended)) this.#tend(tended);
  }

  async #stepUntilRest(tended: Tended): Promise<void> {
    let listening = '';
    while (this.#isCurrent(tended)) {
      tended.mustTendAgain = false;
      const rest = await this.#options.step(tended.key);
      if (rest === 'again' || tended.mustTendAgain) continue;
      const runs = rest.runs.join();
      if (runs === listening) return this.#wakeAt(tended, rest.until);
      // Listening begins before the last look, so that no end of a run falls between look and rest.
      this.#listen(tended, rest.runs);
      listening = runs;
    }
  }

  #listen(tended: Tended, runs: readonly RunNumber[]): void {
    if (!this.#isCurrent(tended)) return;
    for (const stop of tended.stopsListening) stop();
    tended.stopsListening = runs.map((run) => this.#options.engine.onRest(run, () => this.#tend(tended)));
  }

  #wakeAt(tended: Tended, instant: number | null): void {
    if (instant === null || !this.#isCurrent(tended)) return;
    tended.alarm = this.#timers.at(instant, () => this.#tend(tended));
  }

  #forget(tended: Tended): void {
    quiet(tended);
    this.#tended.delete(tended.key);
  }

  #isCurrent(tended: Tended): boolean {
    return this.#isWorking && this.#tended.get(tended.key) === tended;
  }

  #track(work: Promise<unknown>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  #warn(key: string | null, error: unknown): void {
    const { kind, logger } = this.#options;
    logger.warn(`Tending failed; it is tried again.`, { kind, key, reason: String(error) });
  }
}

/** Nothing calls for this thing any more. */
function quiet(tended: Tended): void {
  tended.alarm?.cancel();
  for (const stop of tended.stopsListening) stop();
  tended.alarm = null;
  tended.stopsListening = [];
}
