/**
 * A run of a graph as a state machine: told what ended, it decides what follows. Pure of time, disk and promises, so
 * that the durable run, the view of a run and the tests use one and the same.
 *
 * Owns: the states of all nodes, who waits for a slot. Does not own: the work itself ({@link NodeWorker}).
 * In: `start`, `complete`, `cancel`. Out: `begin` for each node that has work to do, `ended`, `finished`.
 *
 * Invariants:
 * G1  A node ends once, and what it decides about its children costs as much as it has children: nothing is searched or polled.
 * G2  What is decided follows from the order of completions alone, so a replay decides the same.
 *     The one thing that does not, which task gets a slot first, is not asked of a replay: what is on record needs no slot.
 * G3  A failure ends what depends on it, never anything else.
 */
import { TuttiError } from '../base/tutti-error.ts';
import { chooseArm, joinArms, openArms } from './branches.ts';
import { countOf } from './counts.ts';
import type { ChildEdge, GraphNode, PipelineGraph, ResolvedTask, Source } from './graph.ts';
import { expandMap, instanceEnded, nextRound } from './inner-scopes.ts';
import type { OuterRun } from './outer-run.ts';
import { causeOf, decideNode, isGateOpen, priorityOf } from './node-decision.ts';
import { ReadyQueue } from './ready-queue.ts';
import { instanceId, isEnd, nodeStates, ScopeRun, type NodeStateCode } from './scope-run.ts';

/** Does the work of nodes, and hears of their ends. */
export interface NodeWorker {
  /** Whether the task needs something from outside before it may wait for a slot; then `prepared` is to be called. */
  prepare(scope: ScopeRun, node: GraphNode, task: ResolvedTask): boolean;
  /** Whether the skip of this task has to wait for its past; then `prepared` is to be called, with the skip. */
  holdSkip(scope: ScopeRun, node: GraphNode): boolean;
  /** How a person decided that a node which could begin counts as ended; null where nobody did. */
  decided(scope: ScopeRun, node: GraphNode): WorkOutcome | null;
  /** The node has begun; its end is to be told with `complete`. */
  begin(scope: ScopeRun, node: GraphNode): void;
  /** Whether what this task will result in is on record: it takes no time, hence no slot. */
  isRecorded(scope: ScopeRun, node: GraphNode): boolean;
  /** Whether something on record is still to come: until then nothing new may begin. */
  readonly isReplaying: boolean;
  /** A node has ended, with or without work. */
  ended(scope: ScopeRun, node: GraphNode): void;
  /** Every node has ended, or, after `cancel`, everything that had begun. */
  finished(): void;
}

/** What of a pipeline a run of its graph needs. */
export interface GraphRunOptions {
  readonly graph: PipelineGraph;
  readonly concurrency: number;
  readonly compat: 'airflow' | null;
  /** What `p.input` stands for. */
  readonly input: unknown;
}

/** How the work of a node ended. */
export type WorkOutcome =
  | { readonly state: 'success'; readonly value: unknown }
  | { readonly state: 'failed'; readonly error: unknown }
  /** A person decided that it is not to be done. */
  | { readonly state: 'skipped' };

/** A task in line for a slot; `go` begins its next try instead of the task. */
interface InLine {
  readonly scope: ScopeRun;
  readonly node: GraphNode;
  readonly go?: () => void;
}

interface TaskLimit {
  running: number;
  readonly waiting: InLine[];
}

/** See the top of the file. */
export class GraphRun implements OuterRun {
  readonly root: ScopeRun;
  readonly options: GraphRunOptions;
  readonly #worker: NodeWorker;
  readonly #queue = new ReadyQueue<InLine>();
  readonly #limits = new Map<ResolvedTask, TaskLimit>();
  /** Nodes to look at, in order: scopes and numbers in turn, so that ten thousand of them are no objects. */
  #scopes: ScopeRun[] = [];
  #nodes: number[] = [];
  #isDraining = false;
  /** Tasks that hold a slot. */
  #active = 0;
  /** Nodes that have begun and not ended. */
  #begun = 0;
  #isCanceled = false;
  #isTearingDown = false;
  #isFinished = false;

  constructor(options: GraphRunOptions, worker: NodeWorker) {
    this.options = options;
    this.#worker = worker;
    this.root = new ScopeRun(options.graph.root, null, undefined);
  }

  start(): void {
    this.enter(this.root);
    this.#drain();
  }

  /** The work of a node has ended. */
  complete(scope: ScopeRun, node: GraphNode, outcome: WorkOutcome): void {
    this.#begun -= 1;
    const hadSlot = scope.state(node.index) === nodeStates.running;
    if (node.work.kind === 'task' && hadSlot) this.#release(node.work.task);
    if (this.#isCanceled) return this.#completeCanceled(scope, node, outcome);
    this.end(scope, node, nodeStates[outcome.state], valueOf(outcome));
    this.#drain();
  }

  /** What a task needed from outside is there, or will never be: `failure` says why. */
  prepared(scope: ScopeRun, node: GraphNode, failure: WorkOutcome | null): void {
    if (failure !== null || this.#isCanceled || node.work.kind !== 'task') {
      return this.complete(scope, node, failure ?? { state: 'skipped' });
    }
    this.#begun -= 1;
    this.#line(scope, node, node.work.task);
    this.#drain();
  }

  /** A task pauses before its next try: others may have its slot meanwhile. */
  yieldSlot(scope: ScopeRun, node: GraphNode): void {
    if (this.#isCanceled || node.work.kind !== 'task') return;
    if (scope.state(node.index) !== nodeStates.running) return;
    scope.states[node.index] = nodeStates.ready;
    this.#release(node.work.task);
    this.#drain();
  }

  /** The next try of a task that yielded its slot is due; `go` is called once it has one. */
  retakeSlot(scope: ScopeRun, node: GraphNode, go: () => void): void {
    if (this.#isCanceled) return go();
    this.#queue.add({ scope, node, go }, priorityOf(scope, node));
    this.#drain();
  }

  /** Something else on record has come: what waited for the end of the records may begin. */
  resume(): void {
    this.#drain();
  }

  /** Nothing begins any more, except teardowns of what was set up, once everything that had begun has ended. */
  cancel(): void {
    if (this.#isCanceled) return;
    this.#isCanceled = true;
    this.#queue.clear();
    this.#scopes = [];
    this.#nodes = [];
  }

  // --- for maps and loops ---

  /** A scope begins: counts what is known of the nodes around it and looks at what can start. */
  enter(scope: ScopeRun): void {
    const { graph } = scope;
    for (const edge of graph.outerEdges) {
      this.#count(
        scope,
        { node: edge.child, isOrderOnly: edge.isOrderOnly },
        scope.outer(edge.depth).state(edge.node),
      );
    }
    for (const node of graph.starters) this.look(scope, node);
  }

  /** A node may be able to start now, or to end without work. */
  look(scope: ScopeRun, node: number): void {
    this.#scopes.push(scope);
    this.#nodes.push(node);
  }

  /** A node has ended: counts it for its children and looks at them. */
  end(scope: ScopeRun, node: GraphNode, state: NodeStateCode, value: unknown): void {
    const { index } = node;
    if (isEnd(scope.state(index))) return;
    scope.states[index] = state;
    scope.values[index] = value;
    scope.remaining -= 1;
    const { graph } = scope;
    const wasExpanded = scope.inner?.get(index)?.kind === 'map';
    for (const edge of graph.children[index] ?? []) {
      if (!wasExpanded) this.#count(scope, edge, state);
      this.look(scope, edge.node);
    }
    for (const user of graph.capturedBy[index] ?? []) {
      scope.add(user, countOf.captures, -1);
      this.look(scope, user);
    }
    for (const needer of graph.neededBy[index] ?? []) this.look(scope, needer);
    if (node.work.kind === 'choose') openArms(this, scope, node, node.work);
    this.#worker.ended(scope, node);
    if (scope.remaining === 0 && scope.host !== null) instanceEnded(this, scope);
  }

  skip(scope: ScopeRun, node: GraphNode): void {
    const { work } = node;
    const isHeld = work.kind === 'task' && work.task.dependsOnPast && this.#worker.holdSkip(scope, node);
    if (!isHeld) return this.end(scope, node, nodeStates.skipped, undefined);
    scope.states[node.index] = nodeStates.ready;
    this.#begun += 1;
  }

  /** One instance of a map counts as one parent. */
  countInstance(scope: ScopeRun, node: GraphNode, state: NodeStateCode): void {
    for (const edge of scope.graph.children[node.index] ?? []) {
      this.#count(scope, edge, state);
      this.look(scope, edge.node);
    }
  }

  /** What a source stands for, seen from a scope. */
  resolve(scope: ScopeRun, source: Source): unknown {
    if (source.type === 'literal') return source.value;
    if (source.type === 'input') return this.options.input;
    const from = scope.outer(source.depth);
    return source.type === 'item' ? from.item : from.values[source.node];
  }

  /** A value that a node needs and that is not as it has to be fails the node. */
  failWith(scope: ScopeRun, node: GraphNode, problem: string): void {
    const error = new TuttiError('TUTTI_TASK_VALUE_WRONG', `${instanceId(scope, node)}: ${problem}`, {
      details: { task: instanceId(scope, node) },
    });
    this.end(scope, node, nodeStates.failed, error);
  }

  // --- deciding ---

  #drain(): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    do {
      for (let at = 0; at < this.#scopes.length; at += 1) {
        this.#evaluate(this.#scopes[at] ?? this.root, this.#nodes[at] ?? 0);
      }
      this.#scopes = [];
      this.#nodes = [];
      this.#fillSlots();
    } while (this.#scopes.length > 0);
    this.#isDraining = false;
    if (this.root.remaining === 0) this.#finish();
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#worker.finished();
  }

  #evaluate(scope: ScopeRun, index: number): void {
    const node = scope.graph.nodes[index];
    if (node === undefined || scope.state(index) !== nodeStates.blocked || !isGateOpen(scope, node)) return;
    if (node.work.kind === 'join' && this.options.compat === null)
      return joinArms(this, scope, node, node.work);
    const decision = decideNode(scope, node);
    if (decision instanceof Error) return this.end(scope, node, nodeStates.failed, decision);
    if (decision === 'wait') return;
    if (decision === 'run') {
      if (scope.count(index, countOf.captures) === 0) this.#start(scope, node);
      return;
    }
    if (decision === 'skipped') return this.skip(scope, node);
    this.end(
      scope,
      node,
      nodeStates[decision],
      decision === 'upstreamFailed' ? causeOf(scope, node) : undefined,
    );
  }

  #count(scope: ScopeRun, edge: ChildEdge, state: number): void {
    const isForgiven = edge.isOrderOnly && state === nodeStates.skipped && this.options.compat === null;
    const counted = isForgiven ? nodeStates.success : state;
    if (counted === nodeStates.success) scope.add(edge.node, countOf.success, 1);
    else if (counted === nodeStates.failed) scope.add(edge.node, countOf.failed, 1);
    else if (counted === nodeStates.upstreamFailed) scope.add(edge.node, countOf.upstreamFailed, 1);
    else if (counted === nodeStates.skipped) scope.add(edge.node, countOf.skipped, 1);
    else scope.add(edge.node, countOf.removed, 1);
  }

  // --- starting ---

  #start(scope: ScopeRun, node: GraphNode): void {
    const { work } = node;
    // At once and without a slot: a decision is in no journal, so a replay must come to it without waiting for anything.
    const decided = this.#worker.decided(scope, node);
    if (decided !== null) return this.end(scope, node, nodeStates[decided.state], valueOf(decided));
    if (work.kind === 'task') return this.#queueTask(scope, node, work.task);
    scope.states[node.index] = nodeStates.running;
    if (work.kind === 'map') return expandMap(this, scope, node, work);
    if (work.kind === 'loop') return nextRound(this, scope, node, { value: this.resolve(scope, work.first) });
    if (work.kind === 'choose') return chooseArm(this, scope, node, work);
    if (work.kind === 'join') return joinArms(this, scope, node, work);
    this.#begin(scope, node);
  }

  #queueTask(scope: ScopeRun, node: GraphNode, task: ResolvedTask): void {
    scope.states[node.index] = nodeStates.ready;
    if (this.#worker.prepare(scope, node, task)) this.#begun += 1;
    else this.#line(scope, node, task);
  }

  /** Puts a task in line for a slot. */
  #line(scope: ScopeRun, node: GraphNode, task: ResolvedTask): void {
    if (!this.#worker.isReplaying || !this.#worker.isRecorded(scope, node)) {
      return this.#queue.add({ scope, node }, priorityOf(scope, node));
    }
    const limit = task.concurrency === null ? null : this.#limitOf(task);
    if (limit !== null) limit.running += 1;
    this.#run(scope, node);
  }

  #fillSlots(): void {
    if (this.#worker.isReplaying) return;
    while (this.#active < this.options.concurrency) {
      const next = this.#queue.take();
      if (next === undefined) return;
      const { work } = next.node;
      if (work.kind !== 'task' || this.#hold(work.task, next)) continue;
      this.#run(next.scope, next.node, next.go);
    }
  }

  #run(scope: ScopeRun, node: GraphNode, go?: () => void): void {
    this.#active += 1;
    scope.states[node.index] = nodeStates.running;
    if (go === undefined) this.#begin(scope, node);
    else go();
  }

  #limitOf(task: ResolvedTask): TaskLimit {
    const limit = this.#limits.get(task) ?? { running: 0, waiting: [] };
    this.#limits.set(task, limit);
    return limit;
  }

  /** Takes a slot of the task's own limit, or lets the instance wait for one. True if it waits. */
  #hold(task: ResolvedTask, next: InLine): boolean {
    if (task.concurrency === null) return false;
    const limit = this.#limitOf(task);
    if (limit.running >= task.concurrency) {
      limit.waiting.push(next);
      return true;
    }
    limit.running += 1;
    return false;
  }

  #release(task: ResolvedTask): void {
    this.#active -= 1;
    const limit = this.#limits.get(task);
    if (limit === undefined) return;
    limit.running -= 1;
    const next = limit.waiting.shift();
    if (next !== undefined) this.#queue.add(next, priorityOf(next.scope, next.node));
  }

  #begin(scope: ScopeRun, node: GraphNode): void {
    this.#begun += 1;
    this.#worker.begin(scope, node);
  }

  // --- cancellation ---

  #completeCanceled(scope: ScopeRun, node: GraphNode, outcome: WorkOutcome): void {
    scope.states[node.index] = nodeStates[outcome.state];
    scope.values[node.index] = valueOf(outcome);
    this.#worker.ended(scope, node);
    if (this.#begun > 0) return;
    if (!this.#isTearingDown) {
      this.#isTearingDown = true;
      if (this.options.graph.hasTeardowns) this.#tearDown(this.root);
    }
    if (this.#begun === 0) this.#finish();
  }

  #tearDown(scope: ScopeRun): void {
    for (const inner of scope.inner?.values() ?? []) {
      const open = inner.kind === 'map' ? inner.instances : [inner.current];
      for (const instance of open) if (instance !== null) this.#tearDown(instance);
    }
    for (const node of scope.graph.nodes) {
      if (node.role !== 'teardown' || scope.state(node.index) !== nodeStates.blocked) continue;
      const hasSetup = node.parents.some(
        ({ node: parent }) =>
          scope.graph.nodes[parent]?.role === 'setup' && scope.state(parent) === nodeStates.success,
      );
      if (!hasSetup) continue;
      this.#run(scope, node);
    }
  }
}

function valueOf(outcome: WorkOutcome): unknown {
  if (outcome.state === 'skipped') return undefined;
  return outcome.state === 'success' ? outcome.value : outcome.error;
}
