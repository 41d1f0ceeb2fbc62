import type { RunCause } from './cause.ts';
import type { TopicAppend } from './topic.ts';

/** Where a run publishes events of type `E`: a topic. */
export interface PublishTarget<E> {
  readonly name: string;
  /** Checks and encodes an event whose cause is the run. */
  prepareInRun(event: E, cause: RunCause): Promise<TopicAppend>;
}
