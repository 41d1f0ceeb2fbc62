import { parseDuration, type Duration } from '../base/duration.ts';
import { nearestName } from '../base/nearest.ts';
import { resolveRetryPolicy, type ResolvedRetryPolicy } from '../base/retry-policy.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { GraphNode, NodeCallbacks, ResolvedDeadline, ResolvedTask } from './graph.ts';
import type { Notification } from './notification.ts';
import type {
  Deadline,
  NodeOptions,
  TaskCallbacks,
  TaskHandler,
  TaskRetry,
  TaskSettings,
} from './task-types.ts';
import { triggerRules } from './trigger-rules.ts';

/** Options every node takes. */
export const nodeOptionNames: readonly string[] = ['after', 'leaf', 'tags', 'owner', 'doc'];

const callbackNames: readonly string[] = ['onSuccess', 'onFailure', 'onSkipped'];

/** Options every task takes. */
const taskOptionNames: readonly string[] = [
  ...nodeOptionNames,
  ...callbackNames,
  ...['rule', 'retry', 'attemptTimeout', 'timeout', 'concurrency', 'priority', 'allowFailure', 'deadline'],
  ...['target', 'pool', 'cache', 'dependsOnPast'],
];

/** A failed task stays failed unless its author says that trying again makes sense. */
const oneAttempt: ResolvedRetryPolicy = resolveRetryPolicy({ maximumAttempts: 1 }, 'a task');

/** The part of a node's options that only describes it. */
export function describeNode(options: NodeOptions): Pick<GraphNode, 'isLeaf' | 'tags' | 'owner' | 'doc'> {
  return {
    isLeaf: options.leaf === true,
    tags: options.tags ?? [],
    owner: options.owner ?? null,
    doc: options.doc ?? null,
  };
}

/** @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID */
export function resolveTask(
  handler: TaskHandler<never, unknown>,
  options: TaskSettings & { readonly rule?: unknown },
  what: string,
): ResolvedTask {
  refuseUnknownOptions(options, taskOptionNames, what);
  refuseUnknownRule(options.rule, what);
  const { retry, priority = 1, target = null } = options;
  const concurrency = options.concurrency ?? ownLimit(handler);
  if (concurrency !== null) refuseWrongLimit(concurrency, `concurrency of ${what}`);
  if (!Number.isFinite(priority)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `priority of ${what} is ${String(priority)}; expected a number.`,
    );
  }
  return {
    handler,
    label: 'label' in handler ? String(handler.label) : 'task',
    ...resolveRetry(retry, what),
    attemptTimeoutMs: optionalDuration(options.attemptTimeout, `the attempt timeout of ${what}`),
    timeoutMs: optionalDuration(options.timeout, `the timeout of ${what}`),
    concurrency,
    priority,
    target,
    pool: options.pool ?? null,
    dependsOnPast: options.dependsOnPast === true,
    cache: resolveCache(options.cache, what),
  };
}

function resolveCache(cache: TaskSettings['cache'], what: string): ResolvedTask['cache'] {
  if (cache === undefined) return null;
  refuseUnknownOptions(cache, ['key', 'expires'], `the cache of ${what}`);
  return { key: cache.key, expiresMs: optionalDuration(cache.expires, `the expiry of the cache of ${what}`) };
}

/** A kind of handler may bring a limit of its own, because each of its instances is costly. */
function ownLimit(handler: TaskHandler<never, unknown>): number | null {
  return 'concurrency' in handler && typeof handler.concurrency === 'number' ? handler.concurrency : null;
}

/** Milliseconds, or null when none was given. @throws TUTTI_DURATION_INVALID */
export function optionalDuration(duration: Duration | undefined, what: string): number | null {
  return duration === undefined ? null : parseDuration(duration, what);
}

/** @throws TUTTI_OPTION_INVALID unless it is a whole number from 1. */
export function refuseWrongLimit(limit: number, what: string): void {
  if (Number.isSafeInteger(limit) && limit >= 1) return;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `${what} is ${String(limit)}; expected a whole number from 1.`,
  );
}

/** Null when nobody is to be told, which is the usual case. @throws TUTTI_OPTION_INVALID */
export function resolveCallbacks(options: TaskCallbacks, what: string): NodeCallbacks | null {
  const { onSuccess, onFailure, onSkipped } = options;
  if (onSuccess === undefined && onFailure === undefined && onSkipped === undefined) return null;
  return {
    success: notifications(onSuccess, `onSuccess of ${what}`),
    failure: notifications(onFailure, `onFailure of ${what}`),
    skipped: notifications(onSkipped, `onSkipped of ${what}`),
  };
}

/** @throws TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID */
export function resolveDeadline(deadline: Deadline | undefined, what: string): ResolvedDeadline | null {
  if (deadline === undefined) return null;
  refuseUnknownOptions(deadline, ['after', 'notify'], `the deadline of ${what}`);
  return {
    afterMs: parseDuration(deadline.after, `the deadline of ${what}`),
    notify: notifications(deadline.notify, `notify of the deadline of ${what}`),
  };
}

function resolveRetry(retry: TaskRetry | undefined, what: string): Pick<ResolvedTask, 'retry' | 'retryIf'> {
  if (retry === undefined) return { retry: oneAttempt, retryIf: null };
  const { if: retryIf = null, ...policy } = retry;
  if (retryIf !== null && typeof retryIf !== 'function') {
    throw new TuttiError('TUTTI_OPTION_INVALID', `retry.if of ${what} is no function.`);
  }
  return { retry: resolveRetryPolicy(policy, what), retryIf };
}

function notifications(
  given: readonly Notification[] | Notification | undefined,
  what: string,
): readonly Notification[] {
  if (given === undefined) return [];
  const list = typeof given === 'function' ? [given] : given;
  if (list.every((notification) => typeof notification === 'function')) return list;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `${what} holds something that is no notification; expected functions, such as webhook(url) returns.`,
  );
}

function refuseUnknownRule(rule: unknown, what: string): void {
  if (rule === undefined || typeof rule === 'function') return;
  const given = typeof rule === 'string' ? rule : typeof rule;
  if (triggerRules.some((known) => known === rule)) return;
  const nearest = nearestName(given, triggerRules);
  const hint = nearest === undefined ? `there are ${triggerRules.join(', ')}` : `did you mean '${nearest}'?`;
  throw new TuttiError('TUTTI_OPTION_INVALID', `${what} has the rule '${given}'; ${hint}`);
}
