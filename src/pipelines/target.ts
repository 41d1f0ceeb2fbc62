/**
 * A place in the world that says whether a task's work is done (after Luigi): asked before the task runs, so that finished
 * work is not done again even if all records of it are lost, and asked again afterwards, so that a task which did not
 * leave its output behind fails. `fileTarget` makes one of a file.
 */
export interface Target<O = unknown> {
  /** For people. */
  readonly name: string;
  exists(): boolean | Promise<boolean>;
  /** What the task results in when the target is there already. */
  read(): O | Promise<O>;
}
