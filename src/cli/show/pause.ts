import type { Clock } from '../../base/clock.ts';

/** How often a live run is looked at. A person cannot read faster, and an idle look costs one indexed query. */
const lookEveryMs = 300;

/** Until the next look, or until the user wants to stop. */
export function pause(clock: Clock, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(lookEveryMs, () => {
      stop.removeEventListener('abort', wake);
      resolve();
    });
    function wake(): void {
      timer.cancel();
      resolve();
    }
    stop.addEventListener('abort', wake, { once: true });
  });
}
