import type { RunDetail } from '../../app/index.ts';
import type { Connection } from '../connect.ts';
import { TuttiError } from '../../base/tutti-error.ts';

/**
 * Waits for a run, in parts short enough to notice that the user wants to stop.
 *
 * @throws TUTTI_WAIT_TIMEOUT when `timeoutMs` passed first; the run goes on.
 */
export async function waitForEnd(
  { client }: Connection,
  id: string,
  options: {
    readonly timeoutMs?: number;
    readonly stop: AbortSignal;
    readonly onPart?: (run: RunDetail) => void;
  },
): Promise<RunDetail> {
  let restMs = options.timeoutMs ?? Number.POSITIVE_INFINITY;
  // Made once: each listener on the signal would stay there for as long as the command waits.
  const interrupted = stopped(options.stop);
  for (;;) {
    const partMs = Math.min(restMs, 2_000);
    const { state, endedAt } = await Promise.race([
      client.waitForRun(id, { timeoutMs: partMs }),
      interrupted,
    ]);
    if (endedAt !== null || state === 'paused') return client.showRun(id);
    if (options.onPart !== undefined) options.onPart(await client.showRun(id));
    restMs -= partMs;
    if (restMs <= 0) {
      throw new TuttiError(
        'TUTTI_WAIT_TIMEOUT',
        `Run ${id} is still ${state} after the time it was waited for; it goes on.`,
        {
          details: { id, state },
        },
      );
    }
  }
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void =>
      reject(new TuttiError('TUTTI_WAIT_TIMEOUT', 'The waiting was interrupted; the run goes on.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
