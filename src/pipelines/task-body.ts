import { TuttiError } from '../base/tutti-error.ts';
import type { ResolvedTask } from './graph.ts';
import type { Target } from './target.ts';
import type { TaskContext } from './task-types.ts';

/** Runs the handler of a task once, as its settings say. */
export function runHandler(task: ResolvedTask, inputs: object, context: TaskContext): unknown {
  // The usual task has neither, and must not pay for them.
  if (task.target === null && task.retryIf === null) return task.handler(inputs as never, context);
  return runChecked(task, inputs, context);
}

async function runChecked(task: ResolvedTask, inputs: object, context: TaskContext): Promise<unknown> {
  try {
    if (task.target === null) return await task.handler(inputs as never, context);
    return await runTowards(task.target(inputs as never), task, inputs, context);
  } catch (error) {
    throw task.retryIf === null || task.retryIf(error) ? error : notRetryable(error);
  }
}

/** The target is asked before, so that finished work is not done again, and after, so that work that left nothing behind fails. */
async function runTowards(
  target: Target,
  task: ResolvedTask,
  inputs: object,
  context: TaskContext,
): Promise<unknown> {
  if (await target.exists()) return target.read();
  const value = await task.handler(inputs as never, context);
  if (await target.exists()) return value;
  throw new TuttiError(
    'TUTTI_TARGET_MISSING',
    `Task "${context.task}" ended, but its target ${target.name} is not there.`,
    { details: { task: context.task, target: target.name } },
  );
}

/** The engine looks for this mark; what was thrown stays what it is. */
function notRetryable(error: unknown): unknown {
  if (!(error instanceof Error) || !Object.isExtensible(error)) {
    return Object.assign(new Error(String(error), { cause: error }), { nonRetryable: true });
  }
  return Object.defineProperty(error, 'nonRetryable', { value: true, configurable: true });
}
