/** The store's key of one registration of a worker process. Starts at 1; a process that was declared dead registers anew. */
export type WorkerNumber = number;

/** A worker as the store keeps it. Times are milliseconds since the epoch. */
export interface WorkerRecord {
  readonly number: WorkerNumber;
  /** For people: host, process id, start time. */
  readonly name: string;
  /** `alive` may commit; `dead` was declared so by another worker; `stopped` said goodbye itself. */
  readonly state: 'alive' | 'dead' | 'stopped';
  readonly startedAt: number;
  /** Until when the others must believe that it lives; renewed by the worker itself. */
  readonly leaseUntil: number;
  /** Names of the definitions whose code this worker has. */
  readonly definitions: readonly string[];
}

/** What a process says of itself when it registers. */
export interface WorkerRegistration {
  readonly name: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly definitions: readonly string[];
}
