import type { Logger } from '../base/logger.ts';
import { resolveRetryPolicy } from '../base/retry-policy.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { CancelScope, type RunHandle } from '../engine/index.ts';
import type { GraphNode, NodeCallbacks, ResolvedDeadline } from './graph.ts';
import type { Notification } from './notification.ts';
import type { Pipeline } from './pipeline.ts';
import type { RunEvent } from './run-event.ts';
import { nodeStates } from './scope-run.ts';

/** A receiver that does not answer is tried this often; then the run ends without it. */
const delivery = resolveRetryPolicy({ maximumAttempts: 4, initialInterval: '1s' }, 'a notification');
/** How long one attempt of a delivery may take. Milliseconds. */
const deliveryTimeoutMs = 30_000;

/** What an announcer needs beside its run. */
export interface AnnouncerParts {
  readonly log: Logger;
  /** Where deliveries run. */
  readonly scope: CancelScope;
  /** Called after each operation of the announcer that ended: in a replay it may have been the last one on record. */
  readonly heard: () => void;
}

/** Tells people and programs what happened in a run, each delivery as a durable step. */
export class Announcer {
  readonly #pipeline: Pipeline;
  readonly #run: RunHandle;
  readonly #log: Logger;
  readonly #scope: CancelScope;
  readonly #heard: () => void;
  readonly #deadlines = new Map<number, CancelScope>();
  #pending = 0;
  #whenDone: (() => void) | null = null;

  constructor(pipeline: Pipeline, run: RunHandle, parts: AnnouncerParts) {
    this.#pipeline = pipeline;
    this.#run = run;
    this.#log = parts.log;
    this.#scope = parts.scope;
    this.#heard = parts.heard;
  }

  /** Calls back once everything announced so far has been delivered or given up. */
  whenDone(callback: () => void): void {
    if (this.#pending === 0) callback();
    else this.#whenDone = callback;
  }

  nodeEnded(
    task: string,
    callbacks: NodeCallbacks,
    end: { readonly state: number; readonly value: unknown },
  ): void {
    const { state, value } = end;
    if (state === nodeStates.success) this.#tell(callbacks.success, { event: 'success', task, error: null });
    else if (state === nodeStates.skipped)
      this.#tell(callbacks.skipped, { event: 'skipped', task, error: null });
    else this.#tell(callbacks.failure, { event: 'failure', task, error: messageOf(value) });
  }

  runEnded(error: Error | null): void {
    const { success, failure } = this.#pipeline.callbacks;
    if (error === null) this.#tell(success, { event: 'success', task: null, error: null });
    else this.#tell(failure, { event: 'failure', task: null, error: error.message });
  }

  /** Begins to wait for the deadlines of the run and of the tasks of its root. */
  watchDeadlines(pipeline: Pipeline, hasEnded: (node: GraphNode) => boolean): void {
    if (pipeline.deadline !== null) this.#watch(pipeline.deadline, { task: null, hasEnded: () => false });
    for (const node of pipeline.graph.root.nodes) {
      if (node.deadline === null) continue;
      const scope = new CancelScope(this.#run.root, { isShielded: false });
      this.#deadlines.set(node.index, scope);
      this.#watch(node.deadline, { task: node.id, hasEnded: () => hasEnded(node), scope });
    }
  }

  /** The task has ended: nobody needs to know its deadline any more. */
  forgetDeadline(node: GraphNode): void {
    const scope = this.#deadlines.get(node.index);
    if (scope === undefined) return;
    this.#deadlines.delete(node.index);
    this.#run.cancel(scope, new TuttiError('TUTTI_RUN_CANCELED', 'Its task has ended.'));
    scope.close();
  }

  #watch(
    deadline: ResolvedDeadline,
    about: { readonly task: string | null; readonly hasEnded: () => boolean; readonly scope?: CancelScope },
  ): void {
    const { task, hasEnded, scope = this.#run.root } = about;
    const place = { path: '~deadline', cancelScope: scope };
    this.#run.timer({ place, name: task ?? 'run', until: this.#run.now + deadline.afterMs }).then(
      () => {
        if (!hasEnded()) this.#tell(deadline.notify, { event: 'late', task, error: null });
        this.#heard();
      },
      () => undefined,
    );
  }

  #tell(notifications: readonly Notification[], about: Pick<RunEvent, 'event' | 'task' | 'error'>): void {
    const event: RunEvent = {
      ...about,
      pipeline: this.#pipeline.name,
      runId: this.#run.record.id,
      at: this.#run.now,
    };
    for (const notification of notifications) this.#deliver(notification, event);
  }

  #deliver(notification: Notification, event: RunEvent): void {
    this.#pending += 1;
    const path = event.task === null ? '~notify' : `~notify/${event.task}`;
    this.#run
      .step({
        place: { path, cancelScope: this.#scope },
        name: event.event,
        body: ({ signal, idempotencyKey }) => deliverOnce(notification, event, { signal, idempotencyKey }),
        retry: delivery,
        attemptTimeoutMs: deliveryTimeoutMs,
        timeoutMs: null,
      })
      .then(
        () => this.#delivered(),
        (error: unknown) => {
          this.#log.warn(`A notification about ${event.task ?? 'the run'} was not delivered.`, {
            error: String(error),
          });
          this.#delivered();
        },
      );
  }

  #delivered(): void {
    this.#pending -= 1;
    this.#heard();
    if (this.#pending === 0) this.#whenDone?.();
  }
}

/** What a receiver answers is nobody's result. */
async function deliverOnce(
  ...[notification, event, about]: [Notification, ...Parameters<Notification>]
): Promise<void> {
  await notification(event, about);
}

function messageOf(value: unknown): string | null {
  return value instanceof Error ? value.message : null;
}
