import { Delivery } from './delivery.ts';
import { LiveRun } from './live-run.ts';
import type { RunMaterial } from './run-material.ts';
import type { RunOwner } from './run-owner.ts';

/** What a rehearsal came to: the run with its pending operations, or why the code does not fit its journal. */
export interface Rehearsal {
  readonly replayed: LiveRun;
  readonly mismatch: Error | null;
}

/**
 * Runs the code over its journal and stops where the journal ends: nothing is begun, nothing is written. For comparing a
 * replay with the first time, and for asking a run that is not in memory what it waits for.
 */
export function rehearse(material: RunMaterial, owner: RunOwner<LiveRun>): Promise<Rehearsal> {
  const delivery = new Delivery();
  return new Promise((resolve) => {
    const run = new LiveRun(
      {
        ...owner,
        deliver: (other) => delivery.add(other),
        replayed: (replayed, mismatch) => resolve({ replayed, mismatch }),
      },
      material,
    );
    delivery.add(run);
  });
}
