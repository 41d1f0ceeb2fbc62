/**
 * The graph of a pipeline as it is executed: made once when the pipeline is declared, shared by all its runs, never changed.
 * A scope is the root, or the body of a map or loop; nodes are numbered within their scope, so that a run of a scope keeps
 * its states in arrays.
 */
import type { ResolvedRetryPolicy } from '../base/retry-policy.ts';
import type { StandardSchema } from '../base/standard-schema.ts';
import type { Notification } from './notification.ts';
import type { Target } from './target.ts';
import type { PoolUse, TaskHandler } from './task-types.ts';
import type { TriggerPredicate, TriggerRule } from './trigger-rules.ts';
import type { EventSource } from './wait-source.ts';

/** Where a value comes from when a node starts. `depth`: how many scopes further out. */
export type Source =
  | { readonly type: 'literal'; readonly value: unknown }
  | { readonly type: 'input' }
  | { readonly type: 'item'; readonly depth: number }
  | { readonly type: 'node'; readonly depth: number; readonly node: number };

/** A named input of a node. */
export interface InputSlot {
  readonly name: string;
  readonly source: Source;
}

/** A dependency on a node. Where `isOrderOnly`, a skipped parent is as good as a successful one. */
export interface Parent {
  readonly depth: number;
  readonly node: number;
  readonly isOrderOnly: boolean;
}

/** Checked settings of a task. Times in milliseconds; null for no limit. */
export interface ResolvedTask {
  readonly handler: TaskHandler<never, unknown>;
  /** For people: `task`, or the kind the handler says it is (`shell`, `http`, `sql`). */
  readonly label: string;
  readonly retry: ResolvedRetryPolicy;
  readonly retryIf: ((error: unknown) => boolean) | null;
  readonly attemptTimeoutMs: number | null;
  readonly timeoutMs: number | null;
  readonly concurrency: number | null;
  readonly priority: number;
  readonly target: ((inputs: never) => Target) | null;
  readonly pool: PoolUse | ((inputs: never) => PoolUse) | null;
  /** It waits for the same task of the run of the interval before. */
  readonly dependsOnPast: boolean;
  readonly cache: { readonly key: (inputs: never) => unknown; readonly expiresMs: number | null } | null;
}

/** What a node does when it starts. */
export type NodeWork =
  | { readonly kind: 'task'; readonly task: ResolvedTask }
  | {
      readonly kind: 'map';
      readonly items: Source;
      readonly body: ScopeGraph;
      readonly concurrency: number | null;
    }
  | {
      readonly kind: 'loop';
      readonly first: Source;
      readonly body: ScopeGraph;
      readonly roundsMax: number;
      readonly until: ((value: unknown, round: number) => boolean) | null;
    }
  /** Decides which arm of a branch runs. */
  | {
      readonly kind: 'choose';
      readonly on: Source;
      /** By arm: the nodes in it. */
      readonly arms: ReadonlyMap<string, readonly number[]>;
      /** Whether it is a condition (`when`) rather than a choice. */
      readonly isCondition: boolean;
    }
  /** The result of a branch: that of the arm that ran. */
  | { readonly kind: 'join'; readonly choose: number; readonly arms: ReadonlyMap<string, Source> }
  | {
      readonly kind: 'call';
      readonly definition: string;
      readonly input: Source | null;
      readonly id: string | null;
      readonly timeoutMs: number | null;
    }
  | {
      readonly kind: 'wait';
      readonly signal: string;
      readonly schema: StandardSchema | undefined;
      readonly timeoutMs: number | null;
    }
  | { readonly kind: 'event'; readonly source: EventSource<unknown>; readonly timeoutMs: number | null }
  | { readonly kind: 'sleep'; readonly until: Source }
  | {
      readonly kind: 'ask';
      readonly form: StandardSchema;
      readonly question: string;
      readonly to: string | null;
      readonly remindEveryMs: number | null;
      readonly timeoutMs: number | null;
    };

/** Whom to tell of a node's end. */
export interface NodeCallbacks {
  readonly success: readonly Notification[];
  readonly failure: readonly Notification[];
  readonly skipped: readonly Notification[];
}

/** Checked form of a deadline. */
export interface ResolvedDeadline {
  readonly afterMs: number;
  readonly notify: readonly Notification[];
}

/** One node of a scope. */
export interface GraphNode {
  readonly index: number;
  /** With the ids of groups, maps and loops around it: `parse/one`. Unique in the graph. */
  readonly id: string;
  /** Its own part of the id. */
  readonly name: string;
  /** Ids of the groups around it within its scope, joined; '' for none. */
  readonly group: string;
  readonly work: NodeWork;
  readonly rule: TriggerRule | TriggerPredicate;
  readonly inputs: readonly InputSlot[];
  readonly parents: readonly Parent[];
  /** Nodes of this scope that are waited for, however they end: what the body of a map or loop uses, what a teardown's setup is for. */
  readonly captures: readonly number[];
  /** The innermost arm this node belongs to. */
  readonly gate: { readonly choose: number; readonly arm: string } | null;
  readonly role: 'work' | 'setup' | 'teardown';
  readonly isLeaf: boolean;
  readonly allowFailure: boolean;
  readonly callbacks: NodeCallbacks | null;
  readonly deadline: ResolvedDeadline | null;
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly doc: string | null;
}

/** An edge as the finished parent sees it. */
export interface ChildEdge {
  readonly node: number;
  readonly isOrderOnly: boolean;
}

/** A dependency of a node on one of a scope around it. */
interface OuterEdge extends Parent {
  readonly child: number;
}

/** The nodes of one scope, and what is derived from them once so that a run need not. */
export interface ScopeGraph {
  /** Id of the map or loop it is the body of; '' for the root. */
  readonly id: string;
  readonly nodes: readonly GraphNode[];
  /** The node or value the scope results in; null for none. */
  readonly result: Source | null;
  /** By parent: the children that count it. */
  readonly children: readonly (readonly ChildEdge[])[];
  /** By node: the maps and loops that wait for it because their bodies use it. */
  readonly capturedBy: readonly (readonly number[])[];
  /** By node: the setups it needs although they are not its parents. */
  readonly neededSetups: readonly (readonly number[])[];
  /** By setup: the nodes that need it in this way. */
  readonly neededBy: readonly (readonly number[])[];
  /** Nodes that do not wait for another node of this scope. */
  readonly starters: readonly number[];
  /** Dependencies on nodes further out, whose ends are known when a run of this scope begins. */
  readonly outerEdges: readonly OuterEdge[];
  /** What {@link ScopeRun} begins its counts with. */
  readonly initialCounts: Int32Array;
  /** By choice, only with Airflow's branches: what else a picked arm skips. */
  readonly alsoSkipped: ReadonlyMap<number, ReadonlyMap<string, readonly number[]>> | null;
  /** Nodes that no other work waits for. */
  readonly leaves: readonly number[];
  /** By node: the higher one goes first. Rolled up along the graph. */
  readonly priorities: readonly number[] | null;
}

/** A whole pipeline's graph. */
export interface PipelineGraph {
  readonly root: ScopeGraph;
  readonly hasTeardowns: boolean;
  /** Every node by its id, for commands. */
  readonly byId: ReadonlyMap<string, GraphNode>;
}
