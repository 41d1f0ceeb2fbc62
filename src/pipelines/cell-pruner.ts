/**
 * Keeps the cells of pipelines from growing for ever: what tasks left that depend on their past, and cached results that have
 * expired.
 *
 * Owns: one alarm. Does not own: which cells may go (prune-past.ts, result-cache.ts).
 * Invariants:
 * C1  What is deleted is of no use to anybody; a pruner that never runs costs room and nothing else.
 * C2  One pass at a time; a pass that fails is made up for by the next sweep.
 */
import type { Logger } from '../base/logger.ts';
import { TimerQueue, type Engine } from '../engine/index.ts';
import { forgetPast, sweepPast } from './prune-past.ts';
import { dropExpired } from './result-cache.ts';

/** How often everything is looked at. Milliseconds. */
const sweepEveryMs = 3_600_000;

/** See the top of the file. */
export class CellPruner {
  readonly #engine: Engine;
  readonly #logger: Logger;
  readonly #timers: TimerQueue;
  #stopListening: (() => void) | null = null;
  #pass: Promise<void> = Promise.resolve();

  constructor(engine: Engine, logger: Logger) {
    this.#engine = engine;
    this.#logger = logger;
    this.#timers = new TimerQueue(engine.clock);
  }

  /** Sweeps once, then whenever runs are deleted here, and every hour. */
  start(): void {
    if (this.#stopListening !== null) return;
    this.#stopListening = this.#engine.onRunsGone((runs) => this.#then(() => forgetPast(this.#engine, runs)));
    this.#sweep();
  }

  /** Stops; resolves when no pass is under way. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#timers.clear();
    await this.settled();
  }

  /** Resolves when no pass is under way. For tests, and for a clean stop. */
  settled(): Promise<void> {
    return this.#pass;
  }

  #sweep(): void {
    this.#then(async () => {
      await sweepPast(this.#engine);
      await dropExpired(this.#engine);
    });
    this.#timers.at(this.#engine.clock.now() + sweepEveryMs, () => this.#sweep());
  }

  #then(pass: () => Promise<void>): void {
    this.#pass = this.#pass.then(pass).catch((error: unknown) =>
      this.#logger.warn('Cells of pipelines were not pruned; it is tried again.', {
        reason: String(error),
      }),
    );
  }
}
