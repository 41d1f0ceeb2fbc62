/** What is told of a run or of one of its tasks. Plain data, so that it can be sent as it is. */
export interface RunEvent {
  readonly event: 'success' | 'failure' | 'skipped' | 'late';
  readonly pipeline: string;
  readonly runId: string;
  /** Id of the task with positions, or null when it is about the whole run. */
  readonly task: string | null;
  /** Milliseconds since the epoch, in the run's own time. */
  readonly at: number;
  /** What went wrong, for people; null if nothing did. */
  readonly error: string | null;
}
