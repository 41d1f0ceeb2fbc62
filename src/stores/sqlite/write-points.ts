/** Where a write can be interrupted, in the order they are passed. Points of one transaction lie between `begin` and `committed`. */
export const writePoints = [
  'begin',
  'fenced',
  'starts-written',
  'sends-written',
  'topics-written',
  'cells-written',
  'guarded-written',
  'entries-written',
  'waits-written',
  'inbox-consumed',
  'slots-written',
  'logs-written',
  'runs-written',
  'commit',
  'committed',
  'checkpoint',
  'checkpointed',
] as const;

/**
 * A boundary of a durable write: `begin` is before the transaction opens, `commit` before it is made durable, `committed`
 * after that and before the caller is told, `checkpoint` and `checkpointed` around a checkpoint on the calling thread.
 */
export type WritePoint = (typeof writePoints)[number];

/** For tests that stop the process, or throw, at each boundary in turn. */
export interface WriteHooks {
  /**
   * Called synchronously at every boundary. What it throws before `committed` rolls the transaction back and reaches the
   * caller; at `committed` the batch is on disk although the caller sees the error, as after a crash.
   */
  onWrite?(point: WritePoint): void;
}
