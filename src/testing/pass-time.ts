import type { Clock } from '../base/clock.ts';
import type { RunningBodies, RunningBody } from './running-bodies.ts';

/** A body that lets virtual time pass. */
export interface Passing {
  readonly durationMs: number;
  readonly running: RunningBody;
  readonly bodies: RunningBodies;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Lets virtual time pass within a body, which holds it no longer meanwhile. Rejects with the reason when the body is aborted. */
export function passTime({ durationMs, running, bodies, clock, signal }: Passing): Promise<void> {
  return new Promise((resolve, reject) => {
    running.holdsTime = false;
    const abort = (): void => {
      timer.cancel();
      reject(signal.reason as Error);
    };
    const timer = clock.setTimer(durationMs, () => {
      signal.removeEventListener('abort', abort);
      running.holdsTime = true;
      resolve();
    });
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    bodies.changed();
  });
}
