import { isFinal, type Engine, type RunRecord } from '../engine/index.ts';

/** How often the store is asked when nothing was heard. Milliseconds. */
const pollMs = 1_000;

/** For which run to wait, and how long. */
export interface RestRequest {
  /** The run as it was just read. */
  readonly run: RunRecord;
  /** `engine.restsTold` before it was read: if it has not grown, nothing was missed. */
  readonly restsTold: number;
  /** Milliseconds; without end if absent. */
  readonly timeoutMs?: number | undefined;
}

/** Resolves with the run when it has finished or is paused, or with null once `timeoutMs` have passed or the run was pruned. */
export async function waitForRest(engine: Engine, request: RestRequest): Promise<RunRecord | null> {
  const { run, timeoutMs } = request;
  if (isAtRest(run)) return run;
  const { store, clock } = engine;
  const end = timeoutMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + timeoutMs;
  let ended: RunRecord | null = null;
  let heard = false;
  let wake: (() => void) | null = null;
  // Listening begins before the first look, so that no end falls between look and wait.
  const stopListening = engine.onRest(run.number, (row) => {
    ended = row;
    heard = true;
    wake?.();
  });
  let mustLook = engine.restsTold !== request.restsTold;
  try {
    for (;;) {
      if (ended !== null) return ended;
      heard = false;
      const record = mustLook ? await store.getRun(run.number) : run;
      mustLook = true;
      if (record === null) return null;
      if (isAtRest(record)) return record;
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

function isAtRest(run: RunRecord): boolean {
  return isFinal(run.state) || run.state === 'paused';
}
