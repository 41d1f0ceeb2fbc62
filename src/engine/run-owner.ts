import type { RunServices } from './operations/run-services.ts';
import type { RunHandle } from './run-handle.ts';

/** How a run leaves the memory of its worker. */
export type Departure = 'finished' | 'paused' | 'released';

/** The worker as a run sees it. (Generic, so that this file need not know the class that knows it.) */
export interface RunOwner<Run> {
  readonly services: RunServices;
  /** The run as its code is to see it. */
  readonly handle: (run: Run) => RunHandle;
  readonly deliver: (run: Run) => void;
  readonly workerNumber: () => number;
  /** The change with which the run leaves is on disk. */
  readonly left: (run: Run, how: Departure) => void;
  /** The run came to rest: it waits and nothing is under way. */
  readonly rested: (run: Run) => void;
  /** Present for a rehearsal: the journal is through, or does not fit the code. Nothing is begun or written. */
  readonly replayed?: (run: Run, mismatch: Error | null) => void;
}
