import { countsPerNode } from './counts.ts';
import type { GraphNode, ScopeGraph } from './graph.ts';

/** Where a node of a run stands, as a number: ten thousand of them fit into ten thousand bytes. */
export const nodeStates = {
  /** Waits for its parents. */
  blocked: 0,
  /** Waits for a slot. */
  ready: 1,
  running: 2,
  success: 3,
  failed: 4,
  upstreamFailed: 5,
  skipped: 6,
  removed: 7,
} as const;

/** The number of a state. */
export type NodeStateCode = (typeof nodeStates)[keyof typeof nodeStates];

/** The name of a state. */
export type NodeState = keyof typeof nodeStates;

const names = Object.keys(nodeStates) as readonly NodeState[];

/** The name of a state by its number. */
export function stateName(code: number): NodeState {
  return names[code] ?? 'blocked';
}

/** Whether a node in this state has ended. */
export function isEnd(code: number): boolean {
  return code >= nodeStates.success;
}

/** Instances of a map while it runs. */
export interface MapRun {
  readonly kind: 'map';
  readonly items: readonly unknown[];
  readonly results: unknown[];
  readonly instances: (ScopeRun | null)[];
  next: number;
  done: number;
  failed: number;
  upstreamFailed: number;
  skipped: number;
  firstError: unknown;
}

/** The round of a loop while it runs. */
export interface LoopRun {
  readonly kind: 'loop';
  round: number;
  current: ScopeRun | null;
}

/** The map or loop a scope is run for, and which of its instances this is. */
export interface ScopeHost {
  readonly scope: ScopeRun;
  readonly node: GraphNode;
  readonly position: number;
}

/** One run of a scope: the states of its nodes. The root has one, a map one per item, a loop one per round. */
export class ScopeRun {
  readonly graph: ScopeGraph;
  readonly host: ScopeHost | null;
  /** What the map or loop hands in. */
  readonly item: unknown;
  /** Ids and positions of the maps and loops around it: `parse[3]`; '' for the root. */
  readonly path: string;
  readonly states: Uint8Array;
  /** See `countOf`. */
  readonly counts: Int32Array;
  /** Results by node; of a failed one, and of one that did not run because of it, the error. */
  readonly values: unknown[];
  /** Maps and loops of this scope that have begun; null while there are none, as in most of ten thousand instances. */
  inner: Map<number, MapRun | LoopRun> | null = null;
  /** How many nodes have not ended. */
  remaining: number;

  constructor(graph: ScopeGraph, host: ScopeHost | null, item: unknown) {
    this.graph = graph;
    this.host = host;
    this.item = item;
    this.path = host === null ? '' : `${instanceId(host.scope, host.node)}[${host.position}]`;
    this.states = new Uint8Array(graph.nodes.length);
    this.counts = graph.initialCounts.slice();
    this.values = graph.nodes.map(() => undefined);
    this.remaining = graph.nodes.length;
  }

  /** The scope this many further out. */
  outer(depth: number): ScopeRun {
    // A source never points further out than scopes nest; see `resolveRef`.
    return depth === 0 || this.host === null ? this : this.host.scope.outer(depth - 1);
  }

  state(node: number): number {
    return this.states[node] ?? 0;
  }

  count(node: number, of: number): number {
    return this.counts[node * countsPerNode + of] ?? 0;
  }

  add(node: number, of: number, amount: number): void {
    const at = node * countsPerNode + of;
    this.counts[at] = (this.counts[at] ?? 0) + amount;
  }
}

/** The id of a node in a run, with the positions of the maps and loops around it: `parse[3]/one`. */
export function instanceId(scope: ScopeRun, node: GraphNode): string {
  const own = node.group === '' ? node.name : `${node.group}/${node.name}`;
  return scope.path === '' ? own : `${scope.path}/${own}`;
}
