import type { GraphNode, Source } from './graph.ts';
import type { NodeStateCode, ScopeRun } from './scope-run.ts';

/** The run of the whole graph, as branches, maps and loops use it. */
export interface OuterRun {
  readonly options: { readonly compat: 'airflow' | null };
  resolve(scope: ScopeRun, source: Source): unknown;
  /** A node may be able to start now, or to end without work. */
  look(scope: ScopeRun, node: number): void;
  /** A scope begins. */
  enter(scope: ScopeRun): void;
  /** A node has ended. */
  end(scope: ScopeRun, node: GraphNode, state: NodeStateCode, value: unknown): void;
  /** A node has nothing to do; one that depends on its past may be held back before it ends as skipped. */
  skip(scope: ScopeRun, node: GraphNode): void;
  /** A node has ended because of a value it cannot use. */
  failWith(scope: ScopeRun, node: GraphNode, problem: string): void;
  /** One instance of a map has ended: its children count it. */
  countInstance(scope: ScopeRun, node: GraphNode, state: NodeStateCode): void;
}
