import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileFailingDisk } from './compile-failing-disk.ts';
import type { Bench } from './lane.ts';
import { startLedger } from './ledger-handle.ts';
import type { PlantedFault } from './planted-faults.ts';

/** Starts the ledger and prepares what cases need. `close` removes all of it. */
export async function openBench(
  fault: PlantedFault | null = null,
): Promise<Bench & { readonly close: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-chaos-bench-'));
  const ledger = await startLedger();
  const close = async (): Promise<void> => {
    await ledger.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    ledger,
    compileCache: join(directory, 'compiled'),
    failingDisk: compileFailingDisk(directory),
    fault,
    close,
  };
}
