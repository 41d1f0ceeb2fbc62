/** What the body of a step can look at beside its own run: cells, and what other runs resulted in. */
import { decodeValue } from '../../base/codec.ts';
import { isFinal, type RunRecord } from '../model/run.ts';
import type { RunServices } from './run-services.ts';

/** Cells read at a time. */
const pageSize = 1_000;
/** How often a run is looked at whose end was not heard of. Milliseconds. */
const lookEveryMs = 1_000;

/** See `StepAttempt.readCellValues`. */
export async function readCellValues(
  { store, payloads }: RunServices,
  space: string,
  prefix: string,
): Promise<ReadonlyMap<string, unknown>> {
  const values = new Map<string, unknown>();
  let after: string | undefined;
  for (;;) {
    const page = { prefix, limit: pageSize, ...(after === undefined ? {} : { after }) };
    const cells = await store.listCells(space, page);
    for (const { key, value } of cells) values.set(key, decodeValue(await payloads.text(value)));
    after = cells.at(-1)?.key;
    if (cells.length < pageSize) return values;
  }
}

/** The run whose output is wanted, and what ends the wait for it. */
interface WantedOutput {
  readonly id: string;
  readonly generation: number | undefined;
  readonly signal: AbortSignal;
}

/** See `StepAttempt.readRunOutput`. */
export async function readRunOutput(
  services: RunServices,
  wanted: WantedOutput,
): Promise<{ readonly output: unknown } | null> {
  const found = await services.store.findRun(wanted.id, wanted.generation);
  const run = found === null ? null : await endOf(services, found, wanted.signal);
  if (run?.state !== 'completed') return null;
  return { output: run.result === null ? undefined : decodeValue(await services.payloads.text(run.result)) };
}

/** The run as it ended; null if it is gone. */
async function endOf(
  services: RunServices,
  found: RunRecord,
  signal: AbortSignal,
): Promise<RunRecord | null> {
  let run: RunRecord | null = found;
  while (run !== null && !isFinal(run.state)) {
    const { promise, resolve } = Promise.withResolvers<void>();
    // Listening begins before the look, so that no end falls between the two.
    const stopListening = services.rests.add(found.number, () => resolve());
    const alarm = services.timers.at(services.clock.now() + lookEveryMs, resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    try {
      run = await services.store.getRun(found.number);
      if (run !== null && !isFinal(run.state)) await promise;
    } finally {
      stopListening();
      alarm.cancel();
    }
    signal.throwIfAborted();
  }
  return run;
}
