import type { Clock } from '../base/clock.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import { outside } from './outside.ts';

/** How long to wait before the store is asked again. Milliseconds. */
const retryMs = 500;

/** Whether the store, and not what it was asked, is the reason: full, busy, or out of reach. */
export function isStoreFailure(error: unknown): boolean {
  return isTuttiError(error) && error.code.startsWith('TUTTI_STORE_');
}

/**
 * Does the work, again and again while the store fails. A run whose commit is refused goes on when the store works again; what it
 * needs of the store before a commit (a payload written, a run looked up) must not be recorded as its failure either.
 * @throws the work's error if the store is not its reason, or once the work is no longer wanted.
 */
export async function untilStored<T>(
  clock: Clock,
  work: () => Promise<T>,
  isWanted: () => boolean,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isStoreFailure(error) || !isWanted()) throw error;
    }
    await new Promise<void>((resolve) => outside(() => clock.setTimer(retryMs, resolve)));
  }
}
