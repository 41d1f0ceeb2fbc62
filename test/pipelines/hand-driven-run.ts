import type { AnyRef } from '../../src/pipelines/ref.ts';
import { pipeline, type PipelineBuild } from '../../src/pipelines/define-pipeline.ts';
import { GraphRun, type NodeWorker } from '../../src/pipelines/graph-run.ts';
import type { GraphNode } from '../../src/pipelines/graph.ts';
import { outcomeOf } from '../../src/pipelines/scope-outcome.ts';
import { instanceId, stateName, type ScopeRun } from '../../src/pipelines/scope-run.ts';
import { seenInputs } from '../../src/pipelines/seen-inputs.ts';

/** What declares the graph. */
export type Build = PipelineBuild<unknown, AnyRef | undefined | void>;
type Compat = 'airflow' | null;

/** A run whose work is done by hand, in any order. */
export class HandDrivenRun implements NodeWorker {
  readonly run: GraphRun;
  readonly states: Record<string, string> = {};
  readonly begun: string[] = [];
  isFinished = false;
  readonly isReplaying: boolean = false;
  readonly #open = new Map<string, { scope: ScopeRun; node: GraphNode }>();

  constructor(build: Build, options: { concurrency?: number; compat?: Compat } = {}) {
    const { concurrency = 1_000, compat = null } = options;
    const { graph } = pipeline('p', compat === null ? {} : { compat }, build);
    this.run = new GraphRun({ graph, concurrency, compat, input: undefined }, this);
    this.run.start();
  }

  begin(scope: ScopeRun, node: GraphNode): void {
    const id = instanceId(scope, node);
    this.begun.push(id);
    this.#open.set(id, { scope, node });
  }

  prepare(): boolean {
    return false;
  }

  holdSkip(): boolean {
    return false;
  }

  decided(): null {
    return null;
  }

  isRecorded(): boolean {
    return false;
  }

  ended(scope: ScopeRun, node: GraphNode): void {
    this.states[instanceId(scope, node)] = stateName(scope.state(node.index));
  }

  finished(): void {
    this.isFinished = true;
  }

  get open(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Ends the work of a task by running its handler. */
  async finish(id: string): Promise<void> {
    const { scope, node } = this.#take(id);
    const work = node.work as Extract<GraphNode['work'], { kind: 'task' }>;
    try {
      const value = await work.task.handler(seenInputs(this.run, scope, node) as never, {} as never);
      this.run.complete(scope, node, { state: 'success', value });
    } catch (error) {
      this.run.complete(scope, node, { state: 'failed', error });
    }
  }

  fail(id: string): void {
    const { scope, node } = this.#take(id);
    this.run.complete(scope, node, { state: 'failed', error: new Error(`${id} broke`) });
  }

  async finishAll(choose: (open: readonly string[]) => string = (open) => open[0]!): Promise<this> {
    while (this.#open.size > 0) await this.finish(choose(this.open));
    return this;
  }

  get outcome(): string {
    return outcomeOf(this.run.root, this.run.options.compat).state;
  }

  #take(id: string): { scope: ScopeRun; node: GraphNode } {
    const found = this.#open.get(id)!;
    this.#open.delete(id);
    return found;
  }
}
