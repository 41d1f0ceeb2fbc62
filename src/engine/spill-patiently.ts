import { isTuttiError } from '../base/tutti-error.ts';
import type { Payload } from './model/payload.ts';
import type { RunServices } from './operations/run-services.ts';

/** How long to wait before a refused payload is tried again, doubling from the first to the last. Milliseconds. */
const retryDelayMinMs = 50;
const retryDelayMaxMs = 5_000;

/**
 * Stores a payload of a run, again and again for as long as the payload store refuses: what a run has done is not undone
 * by a full disk, just as a refused commit is tried again (C3). Each refusal is announced as `commit.failed`. Once
 * `isWanted` says no, the last refusal is thrown; after the engine stopped, the promise stays open.
 *
 * @throws what `store` throws, unless it is one of TUTTI_STORE_*.
 */
export async function spillPatiently(
  { timers, clock, telemetry }: RunServices,
  store: () => Promise<Payload>,
  isWanted: () => boolean,
): Promise<Payload> {
  for (let delayMs = retryDelayMinMs; ; delayMs = Math.min(2 * delayMs, retryDelayMaxMs)) {
    try {
      return await store();
    } catch (error) {
      if (!isTuttiError(error) || !error.code.startsWith('TUTTI_STORE_') || !isWanted()) throw error;
      telemetry.emit({ name: 'commit.failed', at: clock.now(), fields: { code: error.code } });
    }
    await new Promise<void>((resolve) => timers.at(clock.now() + delayMs, resolve));
  }
}
