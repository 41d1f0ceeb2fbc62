/** A pending call made through {@link Clock.setTimer}. */
export interface TimerHandle {
  /** Forgets the call. Does nothing when it has already been made or was already cancelled. */
  cancel(): void;
  /** Lets the process end although the call is pending. Absent where a pending call does not hold the process anyway. */
  unref?(): void;
}

/**
 * The only way the engine learns the time or waits for it (I8). Tests and simulations pass a virtual one.
 */
export interface Clock {
  /** Whole milliseconds since 1970-01-01T00:00:00Z. May jump in both directions, as wall clocks do. */
  now(): number;
  /**
   * Calls back once, after at least `delayMs` milliseconds; a negative delay counts as 0.
   * A pending timer keeps the process alive unless its handle was told `unref`. Timers live in memory only: a crash forgets them.
   */
  setTimer(delayMs: number, callback: () => void): TimerHandle;
}

/** The longest delay Node's timers take; a longer one would fire at once. */
const nodeDelayMaxMs = 2 ** 31 - 1;

// Taken once, at load: the determinism guard later replaces the globals inside workflow code,
// and the engine must keep reading the real ones even when called from there.
const readWallClock = Date.now;
const startTimeout = setTimeout;
const stopTimeout = clearTimeout;

/** The machine's own clock. The one place in Tutti that reads it. */
export const systemClock: Clock = {
  now: (): number => readWallClock(),
  setTimer(delayMs: number, callback: () => void): TimerHandle {
    let remainingMs = Math.max(0, delayMs);
    let timeout: NodeJS.Timeout;
    let holdsProcess = true;
    const startNextLink = (): void => {
      const linkMs = Math.min(remainingMs, nodeDelayMaxMs);
      remainingMs -= linkMs;
      timeout = startTimeout(remainingMs > 0 ? startNextLink : callback, linkMs);
      if (!holdsProcess) timeout.unref();
    };
    startNextLink();
    return {
      cancel: (): void => stopTimeout(timeout),
      unref: (): void => {
        holdsProcess = false;
        timeout.unref();
      },
    };
  },
};
