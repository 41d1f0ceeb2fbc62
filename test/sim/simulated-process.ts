/**
 * A process as the operating system sees it: it runs, stands still, or is dead, and has a wall clock of its own.
 *
 * Owns: whether anything in it moves. Everything it waits for (answers of the store, its timers, bodies of its steps) passes through
 * `resumed`, so a dead process never goes on and a frozen one goes on where it was.
 */
import type { Clock, TimerHandle } from '../../src/base/clock.ts';
import type { World } from './world.ts';

type ProcessState = 'running' | 'frozen' | 'dead';

export class SimulatedProcess {
  readonly name: string;
  readonly world: World;
  readonly clock: Clock;
  #state: ProcessState = 'running';
  #offsetMs: number;
  #waiting: (() => void)[] = [];
  #crashAfter = Number.POSITIVE_INFINITY;
  #onDeath: () => void = () => undefined;

  /** `offsetMs`: by how much its wall clock is ahead of true time. */
  constructor(world: World, name: string, offsetMs: number) {
    this.world = world;
    this.name = name;
    this.#offsetMs = offsetMs;
    this.clock = {
      now: () => world.clock.now() + this.#offsetMs,
      setTimer: (delayMs, callback) => this.#setTimer(delayMs, callback),
    };
  }

  get state(): ProcessState {
    return this.#state;
  }

  /** Dies at the `points`-th await from now on. */
  crashAfter(points: number, onDeath: () => void): void {
    this.#crashAfter = points;
    this.#onDeath = onDeath;
  }

  /** It came to an await; if that is where it is to die, it does. */
  reachedAwait(): void {
    if (this.#state === 'dead') return;
    this.#crashAfter -= 1;
    if (this.#crashAfter > 0) return;
    this.kill();
    this.#onDeath();
  }

  kill(): void {
    if (this.#state === 'dead') return;
    this.#state = 'dead';
    this.#waiting = [];
    this.world.trace(this.name, 'crashes');
  }

  freeze(): void {
    if (this.#state !== 'running') return;
    this.#state = 'frozen';
    this.world.trace(this.name, 'freezes');
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    this.world.trace(this.name, 'thaws');
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const call of waiting) call();
  }

  /** Sets its wall clock ahead of (or, negative, behind) true time. */
  setClock(offsetMs: number): void {
    if (offsetMs === this.#offsetMs) return;
    this.#offsetMs = offsetMs;
    this.world.trace(this.name, `clock is ${offsetMs} ms off`);
  }

  /** Calls back once it runs: at once, after it thaws, or never. */
  whenRunning(call: () => void): void {
    if (this.#state === 'running') call();
    else if (this.#state === 'frozen') this.#waiting.push(() => this.whenRunning(call));
  }

  /** Resolves once it runs, an await of its own; never if it is dead by then. */
  resumed(): Promise<void> {
    return new Promise((resolve) => {
      this.whenRunning(() => {
        this.reachedAwait();
        if (this.#state !== 'dead') resolve();
      });
    });
  }

  /** Waits inside the process. */
  async sleep(ms: number): Promise<void> {
    await this.world.sleep(ms);
    await this.resumed();
  }

  #setTimer(delayMs: number, callback: () => void): TimerHandle {
    this.world.touch();
    let isCanceled = false;
    const timer = this.world.clock.setTimer(Math.ceil(delayMs), () => {
      this.whenRunning(() => {
        if (isCanceled) return;
        this.reachedAwait();
        if (this.#state !== 'dead') callback();
      });
    });
    return {
      cancel: () => {
        isCanceled = true;
        timer.cancel();
      },
    };
  }
}
