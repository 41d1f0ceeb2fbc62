import { isFinal, type Engine, type RunNumber, type RunRecord } from '../engine/index.ts';

/** How often the store is asked when nothing was heard. Milliseconds. */
const pollMs = 1_000;

/** Resolves with the run when it has finished or is paused, or with null once `timeoutMs` have passed or the run was pruned. */
export async function waitForRest(
  engine: Engine,
  run: RunNumber,
  timeoutMs: number | undefined,
): Promise<RunRecord | null> {
  const { store, clock } = engine;
  const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
  let heard = false;
  let wake: (() => void) | null = null;
  // Listening begins before the first look, so that no end falls between look and wait.
  const stopListening = engine.onRest(run, () => {
    heard = true;
    wake?.();
  });
  try {
    for (;;) {
      heard = false;
      const record = await store.getRun(run);
      if (record === null) return null;
      if (isFinal(record.state) || record.state === 'paused') return record;
      const restMs = end - clock.now();
      if (restMs <= 0) return null;
      await new Promise<void>((resolve) => {
        const timer = clock.setTimer(Math.min(pollMs, restMs), resolve);
        wake = (): void => {
          timer.cancel();
          resolve();
        };
        if (heard) wake();
      });
    }
  } finally {
    stopListening();
  }
}
