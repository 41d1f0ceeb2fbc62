import { TuttiError } from '../base/tutti-error.ts';
import type { GraphNode, NodeWork, Parent, Source } from './graph.ts';

/** An arm of a branch, as the place where nodes are being declared; arms nest. */
export interface GateDraft {
  readonly choose: number;
  readonly arm: string;
  readonly scope: ScopeDraft;
  readonly outer: GateDraft | null;
}

/** A node while its graph is being built: parents may still be added. */
export interface NodeDraft {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly group: string;
  readonly work: NodeWork;
  readonly rule: GraphNode['rule'];
  readonly inputs: readonly { readonly name: string; readonly source: Source }[];
  /** By depth and number, so that ten thousand of them are still told apart quickly. */
  readonly parents: Map<string, Parent>;
  captures: readonly number[];
  readonly gate: GateDraft | null;
  readonly role: GraphNode['role'];
  readonly isLeaf: boolean;
  readonly allowFailure: boolean;
  readonly callbacks: GraphNode['callbacks'];
  readonly deadline: GraphNode['deadline'];
  readonly tags: readonly string[];
  readonly owner: string | null;
  readonly doc: string | null;
}

/** A teardown whose parents are found when the scope is complete. */
interface TeardownDraft {
  readonly setup: number;
  readonly teardown: number;
  /** Whether the author said what it follows. */
  readonly isExplicit: boolean;
}

/** One declaration of one pipeline. References of another one are strangers. */
export class BuildSession {
  readonly pipeline: string;
  readonly compat: 'airflow' | null;
  readonly ids: Set<string> = new Set();
  isOpen = true;

  constructor(pipeline: string, compat: 'airflow' | null) {
    this.pipeline = pipeline;
    this.compat = compat;
  }

  /** The error that refuses the declaration. */
  refusal(problem: string, details: Readonly<Record<string, unknown>> = {}): TuttiError {
    return new TuttiError('TUTTI_DEFINITION_INVALID', `Pipeline "${this.pipeline}": ${problem}`, {
      details: { pipeline: this.pipeline, ...details },
    });
  }

  /** Takes an id for a node. @throws TUTTI_DEFINITION_INVALID if it is taken. */
  claim(id: string): void {
    if (this.ids.has(id)) {
      throw this.refusal(`two tasks have the id "${id}"; expected each id once.`, { task: id });
    }
    this.ids.add(id);
  }
}

/** A scope while its nodes are being declared. */
export class ScopeDraft {
  readonly session: BuildSession;
  readonly id: string;
  readonly outer: ScopeDraft | null;
  /** The arm in which the map or loop stands whose body this is. */
  readonly hostGate: GateDraft | null;
  readonly nodes: NodeDraft[] = [];
  readonly teardowns: TeardownDraft[] = [];
  /** Nodes of the scope directly outside that are used in here. */
  readonly captured: Set<number> = new Set();
  /** How many branches were declared on each task, so that each gets an id of its own. */
  readonly branchCounts: Map<string, number> = new Map();

  constructor(session: BuildSession, place: Pick<ScopeDraft, 'id' | 'outer' | 'hostGate'>) {
    this.session = session;
    this.id = place.id;
    this.outer = place.outer;
    this.hostGate = place.hostGate;
  }
}

/** What a reference is while the graph is being built. */
export class NodeRef {
  readonly id: string;
  readonly scope: ScopeDraft;
  readonly gate: GateDraft | null;
  /** Number of the node, or what else the value is. */
  readonly of: number | 'input' | 'item';

  constructor(place: Pick<NodeRef, 'id' | 'scope' | 'gate' | 'of'>) {
    this.id = place.id;
    this.scope = place.scope;
    this.gate = place.gate;
    this.of = place.of;
  }
}

/** Where a node is being declared. */
export interface Spot {
  readonly scope: ScopeDraft;
  readonly group: string;
  readonly gate: GateDraft | null;
}

/**
 * What a reference means at a spot, and notes that the scopes in between use it.
 * @throws TUTTI_DEFINITION_INVALID for one of another pipeline, of another map's body, or of an arm that this spot is not in.
 */
export function resolveRef(ref: NodeRef, spot: Spot, user: string): Source {
  const { session } = spot.scope;
  if (ref.scope.session !== session) {
    throw session.refusal(
      `task "${user}" refers to "${ref.id}", which belongs to another pipeline or declaration ("${ref.scope.session.pipeline}"); ` +
        'expected a reference made by this builder.',
      { task: user, reference: ref.id },
    );
  }
  if (ref.of === 'input') return { type: 'input' };
  const depth = depthOf(ref, spot, user);
  if (ref.of === 'item') return { type: 'item', depth };
  refuseLeak(ref, spot, user);
  return { type: 'node', depth, node: ref.of };
}

function depthOf(ref: NodeRef, spot: Spot, user: string): number {
  let depth = 0;
  let inner: ScopeDraft | null = null;
  for (let scope: ScopeDraft | null = spot.scope; scope !== null; scope = scope.outer) {
    if (scope === ref.scope) {
      if (inner !== null && typeof ref.of === 'number') inner.captured.add(ref.of);
      return depth;
    }
    inner = scope;
    depth += 1;
  }
  throw spot.scope.session.refusal(
    `task "${user}" refers to "${ref.id}", which exists only inside "${ref.scope.id}"; use what the map or loop results in.`,
    { task: user, reference: ref.id },
  );
}

function refuseLeak(ref: NodeRef, spot: Spot, user: string): void {
  if (ref.gate === null) return;
  let gate: GateDraft | null = spot.gate;
  let scope: ScopeDraft | null = spot.scope;
  while (scope !== null) {
    for (; gate !== null; gate = gate.outer) if (gate === ref.gate) return;
    gate = scope.hostGate;
    scope = scope.outer;
  }
  throw spot.scope.session.refusal(
    `task "${user}" refers to "${ref.id}", which runs in one arm of a branch only; use what the branch or \`when\` results in.`,
    { task: user, reference: ref.id },
  );
}

/** How far into a literal references are looked for. */
const literalDepthMax = 8;

/** @throws TUTTI_DEFINITION_INVALID if a literal holds a reference: it would be no edge, and no value. */
export function refuseHiddenRefs(session: BuildSession, value: unknown, place: string, depth = 0): void {
  if (depth > literalDepthMax || typeof value !== 'object' || value === null) return;
  if (value instanceof NodeRef) {
    throw session.refusal(
      `a reference to "${value.id}" is hidden in a literal at ${place}; pass it as an input of its own, because only those are edges.`,
      { reference: value.id, place },
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return;
  for (const [key, member] of Object.entries(value)) {
    refuseHiddenRefs(session, member, `${place}.${key}`, depth + 1);
  }
}

/** Notes a dependency; one that is also needed for its value is more than an order. */
export function addParent(draft: NodeDraft, source: Source, isOrderOnly: boolean): void {
  if (source.type !== 'node') return;
  const { depth, node } = source;
  const key = `${depth}:${node}`;
  const known = draft.parents.get(key);
  if (known === undefined || !isOrderOnly) draft.parents.set(key, { depth, node, isOrderOnly });
}

/**
 * Refuses what is settled once per run where a task has many instances, or none.
 * @throws TUTTI_DEFINITION_INVALID
 */
export function refuseAtRootOnly(
  scope: ScopeDraft,
  options: { readonly deadline?: unknown; readonly dependsOnPast?: boolean },
  what: string,
): void {
  if (scope.id === '') return;
  const wrong =
    options.dependsOnPast === true ? 'dependsOnPast' : options.deadline === undefined ? null : 'deadline';
  if (wrong === null) return;
  throw scope.session.refusal(
    `${what} stands in "${scope.id}" and has the option ${wrong}; it is for tasks at the root, such as one after the map or loop.`,
  );
}
