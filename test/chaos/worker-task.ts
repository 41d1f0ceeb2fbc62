/** What a worker process is told to do, and what it says to its parent. */
import type { PlantedFault } from './planted-faults.ts';
import type { WorkloadName } from './workloads.ts';

/**
 * What a process does to itself. `kill` counts every write boundary; `freeze` those outside of a transaction, after the
 * engine has started; `freeze-inside` the moment before each commit, where the write lock is held; `fill-disk` the
 * beginning of each transaction and payload, after the engine has started.
 */
export const disturbances = ['kill', 'freeze', 'freeze-inside', 'fill-disk'] as const;

/** Where a process disturbs itself, counted from 1. */
export interface Disturbance {
  readonly do: (typeof disturbances)[number];
  readonly at: number;
}

/** The argument of a worker process, as JSON. */
export interface WorkerTask {
  readonly caseName: string;
  readonly life: number;
  readonly ledgerPort: number;
  /** Holds the store, and nothing else. */
  readonly directory: string;
  readonly workload: WorkloadName;
  /** `drive`: do what the workload's clients do, see all runs end, leave. `stand by`: execute, until told otherwise. */
  readonly role: 'drive' | 'stand by';
  readonly leaseMs: number;
  readonly disturbance: Disturbance | null;
  readonly fault: PlantedFault | null;
}

/** From the parent. */
export type WorkerOrder =
  /** Take over from another worker; first see it declared dead if a name is given. */
  | { readonly do: 'take over'; readonly from: string | null }
  /** Execute a run that only this worker has the code of, then leave. */
  | { readonly do: 'work on' }
  | { readonly do: 'leave' };

/** To the parent. */
export type WorkerMessage =
  { readonly type: 'ready' } | { readonly type: 'ended' } | { readonly type: 'blocked' };

/** What a frozen process writes to its standard output just before it stops itself. */
export const frozenMark = 'frozen\n';

/** The name under which a life registers as a worker. */
export function workerName(life: number): string {
  return `life-${life}`;
}

/** Definition and id of the run with which a client finds out whether the disk is full. */
export const probeName = 'probe';
