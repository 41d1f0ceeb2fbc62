/**
 * A run of a pipeline on the engine: the graph decides what is next, the run's handle makes it durable.
 *
 * Owns: the operations of one run in this process, what is said about it to people. Does not own: decisions (GraphRun), the
 * journal, retries and waits (the engine).
 * Invariants:
 * R1  The identity of an operation is the task's id with the positions of the maps and loops around it; never a counter.
 * R2  What is decided depends on the journal and the stored input alone, so that a replay issues the same operations.
 * R3  Notifications are steps of their own, shielded from cancellation; none of them changes how the run ends.
 */
import type { Logger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { CancelScope, type Place, type RunHandle, type StepAttempt, type StepRoom } from '../engine/index.ts';
import { Announcer } from './announcer.ts';
import { askRequest } from './ask-request.ts';
import { GraphRun, type NodeWorker, type WorkOutcome } from './graph-run.ts';
import type { GraphNode, NodeWork, ResolvedTask } from './graph.ts';
import type { Pipeline } from './pipeline.ts';
import { PastGate } from './past-gate.ts';
import { PoolHolder } from './pool-holder.ts';
import { markFor, unpackInput, type RunInput } from './run-input.ts';
import { outcomeOf } from './scope-outcome.ts';
import { instanceId, isEnd, nodeStates, type ScopeRun } from './scope-run.ts';
import { seenInputs } from './seen-inputs.ts';
import { sleepUntil } from './sleep-until.ts';
import { TaskAttempt, type RunFacts } from './task-attempt.ts';
import { runHandler } from './task-body.ts';

/** How many failed tasks the error of a run names. */
const namedMax = 5;

/** See the top of the file. */
export class PipelineRun implements NodeWorker {
  readonly #pipeline: Pipeline;
  readonly #run: RunHandle;
  readonly #input: RunInput;
  readonly #hasMarks: boolean;
  readonly #graph: GraphRun;
  readonly #facts: RunFacts;
  readonly #announcer: Announcer;
  readonly #pools: PoolHolder;
  readonly #past: PastGate;
  readonly #end = Promise.withResolvers<unknown>();
  /** Where teardowns and notifications run: a cancellation of the run does not reach them. */
  readonly #shielded: CancelScope;
  readonly #failed: string[] = [];
  readonly #tally = { done: 0, failed: 0, skipped: 0 };

  constructor(pipeline: Pipeline, run: RunHandle, input: unknown, log: Logger) {
    this.#pipeline = pipeline;
    this.#run = run;
    this.#input = unpackInput(input);
    this.#hasMarks = Object.keys(this.#input.marks).length > 0;
    this.#shielded = new CancelScope(run.root, { isShielded: true });
    const { graph, concurrency, compat } = pipeline;
    this.#graph = new GraphRun({ graph, concurrency, compat, input: this.#input.parameters }, this);
    const { createdAt } = run.record;
    const { start, end } = run.trigger?.interval ?? { start: createdAt, end: createdAt };
    this.#facts = {
      runId: run.record.id,
      pipeline: pipeline.name,
      interval: { start: new Date(start), end: new Date(end) },
      trigger: run.trigger,
      log,
    };
    this.#pools = new PoolHolder(run, () => this.#graph.resume());
    this.#past = new PastGate(run, { scope: this.#shielded, heard: () => this.#graph.resume() });
    this.#announcer = new Announcer(pipeline, run, {
      log,
      scope: this.#shielded,
      heard: () => this.#graph.resume(),
    });
  }

  /** Runs the graph to its end. @throws TUTTI_TASKS_FAILED, or the reason of a cancellation. */
  execute(): Promise<unknown> {
    this.#announcer.watchDeadlines(this.#pipeline, (node) => isEnd(this.#graph.root.state(node.index)));
    this.#graph.start();
    return this.#end.promise;
  }

  get isReplaying(): boolean {
    return this.#run.hasRecordsLeft;
  }

  isRecorded(scope: ScopeRun, node: GraphNode): boolean {
    return this.#run.isRecorded('step', pathOf(scope, node), node.name);
  }

  prepare(scope: ScopeRun, node: GraphNode, task: ResolvedTask): boolean {
    const previous = task.dependsOnPast ? this.#past.previousRun : null;
    if (task.pool === null && previous === null) return false;
    this.#settle(scope, node, this.#prepare(scope, node, { task, previous }));
    return true;
  }

  holdSkip(scope: ScopeRun, node: GraphNode): boolean {
    const previous = this.#past.previousRun;
    if (previous === null || this.decided(scope, node) !== null) return false;
    const passed = this.#past.pass(instanceId(scope, node), previous);
    this.#settle(
      scope,
      node,
      passed.then(() => ({ state: 'skipped' })),
    );
    return true;
  }

  decided(scope: ScopeRun, node: GraphNode): WorkOutcome | null {
    // Looking costs a text per task; almost no run has marks.
    if (!this.#hasMarks) return null;
    const id = instanceId(scope, node);
    const mark = markFor(this.#input.marks, id);
    if (mark === undefined) return null;
    if (mark.state === 'success') return { state: 'success', value: mark.value };
    if (mark.state === 'skipped') return { state: 'skipped' };
    const error = new TuttiError(
      'TUTTI_TASKS_FAILED',
      `Task "${id}" was marked as failed by ${mark.by ?? 'a person'}.`,
    );
    return { state: 'failed', error };
  }

  begin(scope: ScopeRun, node: GraphNode): void {
    let promise: Promise<unknown>;
    try {
      promise = this.#issue(scope, node, node.work);
    } catch (error) {
      return this.#graph.complete(scope, node, { state: 'failed', error });
    }
    promise.then(
      (value) => this.#graph.complete(scope, node, { state: 'success', value }),
      (error: unknown) => {
        if (this.#run.root.reason !== null) this.#graph.cancel();
        this.#graph.complete(scope, node, { state: 'failed', error });
      },
    );
  }

  ended(scope: ScopeRun, node: GraphNode): void {
    const state = scope.state(node.index);
    this.#pools.release(scope, node);
    const isCanceled = this.#run.root.reason !== null;
    if (!isCanceled && node.work.kind === 'task' && node.work.task.dependsOnPast)
      this.#past.tell(instanceId(scope, node), state);
    this.#note(scope, node, state);
    if (node.deadline !== null) this.#announcer.forgetDeadline(node);
    if (node.callbacks === null || isCanceled) return;
    this.#announcer.nodeEnded(instanceId(scope, node), node.callbacks, {
      state,
      value: scope.values[node.index],
    });
  }

  finished(): void {
    const canceled = this.#run.root.reason;
    const error = canceled ?? this.#failure();
    if (canceled === null) this.#announcer.runEnded(error);
    this.#announcer.whenDone(() => this.#past.whenDone(() => this.#finish(error)));
  }

  #finish(error: Error | null): void {
    this.#shielded.close();
    if (error !== null) return this.#end.reject(error);
    const { result } = this.#pipeline.graph.root;
    this.#end.resolve(result === null ? undefined : this.#graph.resolve(this.#graph.root, result));
  }

  // --- operations ---

  /** Hands what preparing came to over to the graph. */
  #settle(scope: ScopeRun, node: GraphNode, preparing: Promise<WorkOutcome | null>): void {
    preparing.then(
      (outcome) => this.#graph.prepared(scope, node, outcome),
      (error: unknown) => {
        if (this.#run.root.reason !== null) this.#graph.cancel();
        this.#graph.prepared(scope, node, { state: 'failed', error });
      },
    );
  }

  async #prepare(
    scope: ScopeRun,
    node: GraphNode,
    needs: { readonly task: ResolvedTask; readonly previous: string | null },
  ): Promise<null> {
    const { task, previous } = needs;
    // The past first: nobody holds slots while waiting for it.
    if (previous !== null) await this.#past.pass(instanceId(scope, node), previous);
    if (task.pool !== null) {
      const inputs = seenInputs(this.#graph, scope, node) as never;
      await this.#pools.acquire({ scope, node, use: task.pool }, inputs);
    }
    return null;
  }

  #issue(scope: ScopeRun, node: GraphNode, work: NodeWork): Promise<unknown> {
    const { name } = node;
    const cancelScope = this.#scopeOf(node);
    const place = { path: pathOf(scope, node), cancelScope };
    // These carry a name that others choose: the task's id must be in the path, or two of them would be told apart by a counter.
    const ownPlace = { path: instanceId(scope, node), cancelScope };
    switch (work.kind) {
      case 'task':
        return this.#run.step({
          place,
          name,
          body: (attempt) => this.#work(scope, node, work.task, attempt),
          retry: work.task.retry,
          attemptTimeoutMs: work.task.attemptTimeoutMs,
          timeoutMs: work.task.timeoutMs,
          ...this.#roomOf(scope, node, work.task),
        });
      case 'wait':
        return this.#run.signal({ place: ownPlace, name: work.signal, timeoutMs: work.timeoutMs });
      case 'event':
        return this.#event(ownPlace, work);
      case 'sleep': {
        const until = sleepUntil(this.#graph.resolve(scope, work.until), this.#run.now, node.id);
        return this.#run.timer({ place, name, until });
      }
      case 'ask':
        return this.#run.ask({
          place: ownPlace,
          ...askRequest(work, seenInputs(this.#graph, scope, node)['detail']),
        });
      case 'call': {
        const input =
          work.input === null ? seenInputs(this.#graph, scope, node) : this.#graph.resolve(scope, work.input);
        const { definition, id, timeoutMs } = work;
        return this.#run.call({
          place: ownPlace,
          name: definition,
          input,
          id,
          timeoutMs,
          onConflict: 'refuse',
        });
      }
      default:
        throw new TuttiError('TUTTI_INTERNAL', `A ${work.kind} was to be issued as an operation.`);
    }
  }

  /** Async, so that a pattern the parameters do not make valid fails this task, not the run. */
  async #event(place: Place, { source, timeoutMs }: NodeWork & { readonly kind: 'event' }): Promise<unknown> {
    const wanted = source.wanted(this.#input.parameters);
    return this.#run.event({ place, name: source.name, timeoutMs, wanted });
  }

  #work(scope: ScopeRun, node: GraphNode, task: ResolvedTask, attempt: StepAttempt): unknown {
    const context = new TaskAttempt(this.#facts, attempt, {
      task: instanceId(scope, node),
      mapIndex: scope.host?.position ?? null,
    });
    return runHandler(task, seenInputs(this.#graph, scope, node), context, attempt);
  }

  /** Only a task that may be tried again, or that holds slots, has anything to give up or to ask for. */
  #roomOf(scope: ScopeRun, node: GraphNode, task: ResolvedTask): { readonly room?: StepRoom } {
    const slots = this.#pools.heldBy(scope, node);
    if (slots === null && task.retry.maximumAttempts === 1) return {};
    const leave = (): void => this.#graph.yieldSlot(scope, node);
    const enter = (go: () => void): void => this.#graph.retakeSlot(scope, node, go);
    return { room: { slots, leave, enter } };
  }

  #scopeOf(node: GraphNode): CancelScope {
    return node.role === 'teardown' ? this.#shielded : this.#run.root;
  }

  // --- what is said about the run ---

  #note(scope: ScopeRun, node: GraphNode, state: number): void {
    if (node.work.kind === 'choose' || node.work.kind === 'join') return;
    const tally = this.#tally;
    tally.done += 1;
    if (state === nodeStates.skipped) tally.skipped += 1;
    if (state === nodeStates.failed) {
      tally.failed += 1;
      if (this.#failed.length < namedMax) this.#failed.push(instanceId(scope, node));
    }
    const failed = tally.failed === 0 ? '' : `, ${tally.failed} failed`;
    const skipped = tally.skipped === 0 ? '' : `, ${tally.skipped} skipped`;
    this.#run.setStatus(`${tally.done} tasks ended${failed}${skipped}`);
  }

  #failure(): Error | null {
    const { state, error } = outcomeOf(this.#graph.root, this.#pipeline.compat);
    if (state === 'success' || state === 'skipped') return null;
    const names = this.#failed.join(', ');
    const more =
      this.#tally.failed > this.#failed.length ? ` and ${this.#tally.failed - this.#failed.length} more` : '';
    const what = error instanceof Error ? `: ${error.message}` : '';
    return new TuttiError(
      'TUTTI_TASKS_FAILED',
      `Run "${this.#run.record.id}" of pipeline "${this.#pipeline.name}" failed in ${names}${more}${what}`,
      {
        cause: error,
        details: { runId: this.#run.record.id, failed: [...this.#failed], count: this.#tally.failed },
      },
    );
  }
}

function pathOf(scope: ScopeRun, { group }: GraphNode): string {
  if (group === '') return scope.path;
  return scope.path === '' ? group : `${scope.path}/${group}`;
}
