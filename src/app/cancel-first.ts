import { encodeValue } from '../base/codec.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine, RunRecord } from '../engine/index.ts';
import { waitForRest } from './wait-for-rest.ts';

/** How long a canceled run may take for its teardowns before the caller is sent away. Milliseconds. */
const endsWithinMs = 30_000;

/**
 * Cancels a run that has not ended, and gives it back once it has: what it has finished stays in its journal for its next
 * generation. A run that ends by itself meanwhile is given back as it ended. After a crash of the caller the run is canceled, or
 * not, and the caller may ask again.
 * @throws TUTTI_STATE_CONFLICT for a child, whose parent would go on without it, and for a run that does not end in time.
 */
export async function cancelFirst(engine: Engine, run: RunRecord, reason: string): Promise<RunRecord> {
  if (run.endedAt !== null) return run;
  if (run.parent !== null) {
    throw conflict(
      run,
      'is the child of another run, which would hear that it was canceled and go on without it. Let it end first',
    );
  }
  const { payloads, clock, store } = engine;
  const what = `the reason to cancel run '${run.id}'`;
  const payload = await payloads.store(encodeValue(reason, what), run.id, what);
  const { restsTold } = engine;
  await engine.send({ run: run.number, kind: 'cancel', name: 'cancel', at: clock.now(), payload });
  const asked = (await store.getRun(run.number)) ?? run;
  const rested = await waitForRest(engine, { run: asked, restsTold, timeoutMs: endsWithinMs });
  if (rested !== null && rested.endedAt !== null) return rested;
  const state = (await store.getRun(run.number))?.state ?? run.state;
  throw conflict(
    run,
    `was asked to cancel and is still ${state}; it ends once a worker has run its teardowns. Ask again when it has ended`,
  );
}

function conflict(run: RunRecord, reason: string): TuttiError {
  return new TuttiError('TUTTI_STATE_CONFLICT', `Run '${run.id}' ${reason}.`, { details: { id: run.id } });
}
