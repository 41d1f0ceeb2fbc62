import { TuttiError } from '../../src/base/tutti-error.ts';
import type { PayloadStore } from '../../src/engine/index.ts';
import type { Network } from './faults.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** The payload store as one process sees it: slow at times, and failing at times. */
export function simulatedPayloads(
  process: SimulatedProcess,
  network: Network,
  payloads: PayloadStore,
): PayloadStore {
  async function call<T>(name: string, work: () => Promise<T>): Promise<T> {
    process.world.touch();
    await process.resumed();
    const fails = network.payloadFails();
    const ms = network.transit();
    if (ms > 0) await process.world.sleep(ms);
    if (fails) process.world.trace(process.name, `${name}: fails`);
    const value = fails ? null : await work();
    await process.resumed();
    if (value === null)
      throw new TuttiError('TUTTI_STORE_FAILED', `The simulated payload store failed in ${name}.`);
    return value;
  }
  return {
    put: (runId, bytes) => call('put', () => payloads.put(runId, bytes)),
    get: (reference) => call('get', () => payloads.get(reference)),
    deleteRuns: (runIds) => payloads.deleteRuns(runIds),
  };
}
