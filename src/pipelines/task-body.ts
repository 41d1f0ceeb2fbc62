import type { StepAttempt } from '../engine/index.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { cacheCell, runCached } from './result-cache.ts';
import type { ResolvedTask } from './graph.ts';
import type { Target } from './target.ts';
import type { TaskContext } from './task-types.ts';

/** Runs the handler of a task once, as its settings say. */
export function runHandler(
  task: ResolvedTask,
  inputs: object,
  context: TaskContext,
  attempt: StepAttempt,
): unknown {
  // The usual task has none of them, and must not pay for them.
  if (task.target === null && task.retryIf === null && task.cache === null) {
    return task.handler(inputs as never, context);
  }
  return runChecked(task, inputs, context, attempt);
}

async function runChecked(
  task: ResolvedTask,
  inputs: object,
  context: TaskContext,
  attempt: StepAttempt,
): Promise<unknown> {
  const work = (): unknown =>
    task.target === null
      ? task.handler(inputs as never, context)
      : runTowards(task.target(inputs as never), task, inputs, context);
  try {
    if (task.cache === null) return await work();
    const { key, expiresMs } = task.cache;
    const cell = cacheCell(context, key(inputs as never));
    return await runCached({ cell, expiresMs, attempt, context }, work);
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
