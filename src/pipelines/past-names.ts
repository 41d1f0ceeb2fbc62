/** How the operations of a task that depends on its past are called, in the journal and in lists of waits. */
import type { PipelineGraph } from './graph.ts';

const prefix = '~past/';

/** The place of all operations about one task's past. */
export function pastPath(task: string): string {
  return `${prefix}${task}`;
}

/** The task whose past an entry at this place is about; null for any other place. */
export function taskOfPastPath(path: string): string | null {
  return path.startsWith(prefix) ? path.slice(prefix.length) : null;
}

/** The signal that a task of `previous` sends when it has ended. People see it as what a run waits for. */
export function pastSignal(task: string, previous: string): string {
  return `${task} of ${previous}`;
}

/** Whether a signal is one of {@link pastSignal}, for a task of this graph: a person may send it to let a run go on. */
export function isPastSignal({ byId }: PipelineGraph, signal: string): boolean {
  for (const { id, work } of byId.values()) {
    if (work.kind === 'task' && work.task.dependsOnPast && signal.startsWith(`${id} of `)) return true;
  }
  return false;
}
