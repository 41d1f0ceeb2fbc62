import type { Clock } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { CommitQueue } from '../commit-queue.ts';
import type { Definition } from '../definition.ts';
import type { Payloads } from '../payloads.ts';
import type { Store } from '../ports/store.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { RestListeners } from '../rest-listeners.ts';
import type { TimerQueue } from '../timer-queue.ts';

/** What every run of a worker shares. */
export interface RunServices {
  readonly store: Store;
  readonly queue: CommitQueue;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TimerQueue;
  readonly payloads: Payloads;
  readonly telemetry: Telemetry;
  readonly findDefinition: (name: string) => Definition | undefined;
  /** Told when runs end here, or may have ended elsewhere. */
  readonly rests: RestListeners;
  /** Another run of this process may have become claimable. */
  readonly nudge: () => void;
}
