/**
 * A run as people see it: its graph, decided once more over its journal. Skipped tasks leave no entry, and which task is
 * blocked by what is nowhere written; the state machine that ran it knows both.
 */
import type { JournalEntry } from '../engine/index.ts';
import { instanceOf } from './clear-plan.ts';
import { GraphRun, type NodeWorker, type WorkOutcome } from './graph-run.ts';
import type { GraphNode } from './graph.ts';
import { kindOf } from './graph-view.ts';
import { taskOfPastPath } from './past-names.ts';
import type { Pipeline } from './pipeline.ts';
import { markFor, unpackInput, type Mark } from './run-input.ts';
import { instanceId, isEnd, stateName, type NodeState, type ScopeRun } from './scope-run.ts';

/** A journal entry with its value decoded: the result, or the error. */
export interface ReadEntry {
  readonly entry: JournalEntry;
  readonly value: unknown;
}

/** All instances of one task of the graph. */
export interface TaskSummary {
  readonly id: string;
  readonly kind: string;
  /** How many instances are in which state; absent ones are none. */
  readonly states: Readonly<Partial<Record<NodeState, number>>>;
  readonly attempts: number;
  /** Milliseconds since the epoch; null while nothing of it has begun or ended. */
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Instances that failed, at most 20. */
  readonly failed: readonly string[];
  /** Message of the first error. */
  readonly error: string | null;
}

interface Tally {
  readonly states: Partial<Record<NodeState, number>>;
  readonly failed: string[];
  attempts: number;
  startedAt: number | null;
  endedAt: number | null;
  error: string | null;
}

const failedMax = 20;

/** The tasks of a run by state. `input` is the stored input of the run. */
export function viewRun(
  pipeline: Pipeline,
  input: unknown,
  journal: readonly ReadEntry[],
): readonly TaskSummary[] {
  return new JournalWorker(pipeline, input, journal).summaries();
}

class JournalWorker implements NodeWorker {
  isReplaying = true;
  readonly #pipeline: Pipeline;
  readonly #marks: Readonly<Record<string, Mark>>;
  readonly #run: GraphRun;
  /** Instances whose end is in the journal; what else is ready may be waiting for a slot. */
  readonly #ended: ReadonlySet<string | null>;
  readonly #open = new Map<string, { readonly scope: ScopeRun; readonly node: GraphNode }>();
  /** Tasks that look at the run before; and those of them that have not passed yet. */
  readonly #lookedBack: ReadonlySet<string | null>;
  readonly #held = new Map<string, () => void>();
  readonly #tallies = new Map<string, Tally>();

  constructor(pipeline: Pipeline, stored: unknown, journal: readonly ReadEntry[]) {
    const { graph, concurrency, compat } = pipeline;
    const { parameters, marks } = unpackInput(stored);
    this.#pipeline = pipeline;
    this.#ended = new Set(
      journal.filter(({ entry }) => entry.kind !== 'attempt').map(({ entry }) => instanceOf(entry)),
    );
    this.#lookedBack = new Set(
      journal.filter(({ entry }) => entry.name === 'wait').map(({ entry }) => taskOfPastPath(entry.scope)),
    );
    this.#marks = marks;
    this.#run = new GraphRun({ graph, concurrency, compat, input: parameters }, this);
    this.#run.start();
    for (const read of journal) this.#take(read);
    this.isReplaying = false;
    this.#run.resume();
  }

  isRecorded(scope: ScopeRun, node: GraphNode): boolean {
    return this.#ended.has(instanceId(scope, node));
  }

  prepare(scope: ScopeRun, node: GraphNode): boolean {
    return this.#hold(scope, node, null);
  }

  holdSkip(scope: ScopeRun, node: GraphNode): boolean {
    return this.#hold(scope, node, { state: 'skipped' });
  }

  decided(scope: ScopeRun, node: GraphNode): WorkOutcome | null {
    const mark = markFor(this.#marks, instanceId(scope, node));
    if (mark === undefined) return null;
    if (mark.state === 'success') return { state: 'success', value: mark.value };
    if (mark.state === 'skipped') return { state: 'skipped' };
    return { state: 'failed', error: new Error('It was marked as failed.') };
  }

  begin(scope: ScopeRun, node: GraphNode): void {
    this.#open.set(instanceId(scope, node), { scope, node });
  }

  ended(scope: ScopeRun, node: GraphNode): void {
    const tally = this.#tally(node.id);
    const state = stateName(scope.state(node.index));
    tally.states[state] = (tally.states[state] ?? 0) + 1;
    if (state !== 'failed') return;
    if (tally.failed.length < failedMax) tally.failed.push(instanceId(scope, node));
    const error = scope.values[node.index];
    tally.error ??= error instanceof Error ? error.message : null;
  }

  finished(): void {
    // What ended is counted already.
  }

  summaries(): readonly TaskSummary[] {
    this.#countOpen(this.#run.root);
    return [...this.#pipeline.graph.byId.values()].map((node) => {
      const { states, failed, attempts, startedAt, endedAt, error } = this.#tally(node.id);
      return { id: node.id, kind: kindOf(node), states, failed, attempts, startedAt, endedAt, error };
    });
  }

  /** Holds a task whose look at the run before is on record, until the journal says that it passed. */
  #hold(scope: ScopeRun, node: GraphNode, outcome: WorkOutcome | null): boolean {
    const id = instanceId(scope, node);
    if (!this.#lookedBack.has(id)) return false;
    this.#held.set(id, () => this.#run.prepared(scope, node, outcome));
    return true;
  }

  #release(id: string): void {
    const goOn = this.#held.get(id);
    this.#held.delete(id);
    goOn?.();
  }

  #take({ entry, value }: ReadEntry): void {
    const past = taskOfPastPath(entry.scope);
    if (past !== null && hasPassed(entry, value)) this.#release(past);
    const id = instanceOf(entry);
    const found = id === null ? undefined : this.#open.get(id);
    if (id === null || found === undefined) return;
    const tally = this.#tally(found.node.id);
    tally.startedAt = Math.min(tally.startedAt ?? entry.startedAt, entry.startedAt);
    tally.endedAt = Math.max(tally.endedAt ?? entry.at, entry.at);
    if (entry.kind === 'slot' || entry.kind === 'release') return;
    tally.attempts += 1;
    if (entry.kind === 'attempt') return;
    this.#open.delete(id);
    const { scope, node } = found;
    if (entry.outcome === 'ok') this.#run.complete(scope, node, { state: 'success', value });
    else this.#run.complete(scope, node, { state: 'failed', error: asError(value, entry.outcome) });
  }

  #countOpen(scope: ScopeRun): void {
    for (const node of scope.graph.nodes) {
      const code = scope.state(node.index);
      if (isEnd(code)) continue;
      const { states } = this.#tally(node.id);
      states[stateName(code)] = (states[stateName(code)] ?? 0) + 1;
      const inner = scope.inner?.get(node.index);
      const instances = inner === undefined ? [] : inner.kind === 'map' ? inner.instances : [inner.current];
      for (const instance of instances) if (instance !== null) this.#countOpen(instance);
    }
  }

  #tally(id: string): Tally {
    const known = this.#tallies.get(id);
    if (known !== undefined) return known;
    const tally: Tally = { states: {}, failed: [], attempts: 0, startedAt: null, endedAt: null, error: null };
    this.#tallies.set(id, tally);
    return tally;
  }
}

function asError(value: unknown, outcome: JournalEntry['outcome']): Error {
  if (value instanceof Error) return value;
  const message =
    typeof value === 'object' && value !== null && 'message' in value ? String(value.message) : outcome;
  return Object.assign(new Error(message), { outcome });
}

/** Whether an entry about a task's past says that nothing holds it any more. */
function hasPassed({ kind, name, outcome }: JournalEntry, value: unknown): boolean {
  if (outcome !== 'ok') return false;
  return kind === 'signal' || (kind === 'step' && name === 'look' && value === true);
}
