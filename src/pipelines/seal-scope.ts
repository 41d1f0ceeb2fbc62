/** From declared nodes to the graph a run executes: the last checks, and everything a run must not have to search for. */
import { TuttiError } from '../base/tutti-error.ts';
import type { NodeDraft, ScopeDraft } from './graph-draft.ts';
import type { ChildEdge, GraphNode, ScopeGraph, Source } from './graph.ts';
import { countOf, countsPerNode } from './counts.ts';
import { rollUpPriorities } from './priorities.ts';
import { findNeededSetups } from './setup-scopes.ts';

/**
 * Completes a scope. Nested scopes are sealed when their host is declared, so errors name the innermost place.
 * @throws TUTTI_GRAPH_CYCLE, TUTTI_DEFINITION_INVALID for a task nothing needs.
 */
export function sealScope(scope: ScopeDraft, result: Source | null): ScopeGraph {
  attachTeardowns(scope);
  const drafts = scope.nodes;
  const children = childrenOf(drafts);
  refuseCycle(scope, children);
  refuseUnreachable(scope, result);
  const open = drafts.map((draft) => toNode(draft, scope));
  const nodes = open.map((node) => keepGated(node, open));
  const neededSetups = findNeededSetups(scope, children);
  return {
    id: scope.id,
    nodes,
    result,
    children,
    capturedBy: invert(drafts.map((draft) => draft.captures)),
    neededSetups,
    neededBy: invert(neededSetups),
    starters: nodes.filter(mayStartFirst).map(({ index }) => index),
    outerEdges: nodes.flatMap((node) =>
      node.parents.filter(({ depth }) => depth > 0).map((parent) => ({ ...parent, child: node.index })),
    ),
    initialCounts: initialCounts(nodes),
    alsoSkipped: scope.session.compat === 'airflow' ? findAlsoSkipped(nodes, children) : null,
    leaves: leavesOf(nodes, children, scope.session.compat),
    priorities: rollUpPriorities(nodes, children),
  };
}

function toNode(draft: NodeDraft, { nodes, session }: ScopeDraft): GraphNode {
  const { gate, parents: byKey, ...same } = draft;
  const parents = [...byKey.values()];
  // Airflow's branches skip the first tasks of an arm; the others follow by their own rules.
  const isFollower =
    session.compat === 'airflow' &&
    parents.some(({ depth, node }) => depth === 0 && nodes[node]?.gate === gate);
  const isGated = gate !== null && !isFollower;
  return { ...same, parents, gate: isGated ? { choose: gate.choose, arm: gate.arm } : null };
}

/** The arms of a branch end what they gate; in Airflow's form that is less than what was declared in them. */
function keepGated(node: GraphNode, nodes: readonly GraphNode[]): GraphNode {
  const { work, index } = node;
  if (work.kind !== 'choose') return node;
  const arms = [...work.arms].map(
    ([arm, members]) => [arm, members.filter((member) => nodes[member]?.gate?.choose === index)] as const,
  );
  return { ...node, work: { ...work, arms: new Map(arms) } };
}

/** Whether a node can run before anything of its scope has ended: it has no parents there, or a rule that need not wait for them. */
function mayStartFirst({ parents, rule }: GraphNode): boolean {
  return rule === 'always' || typeof rule === 'function' || parents.every(({ depth }) => depth > 0);
}

function initialCounts(nodes: readonly GraphNode[]): Int32Array {
  const counts = new Int32Array(nodes.length * countsPerNode);
  for (const { index, parents, captures } of nodes) {
    counts[index * countsPerNode + countOf.total] = parents.length;
    counts[index * countsPerNode + countOf.captures] = captures.length;
  }
  return counts;
}

/**
 * Airflow's branches skip everything directly behind the task that decides, unless a picked arm leads there as well
 * (its branching mixin). The arms themselves are known; this finds the rest.
 */
function findAlsoSkipped(
  nodes: readonly GraphNode[],
  children: readonly (readonly ChildEdge[])[],
): ReadonlyMap<number, ReadonlyMap<string, readonly number[]>> {
  const found = new Map<number, ReadonlyMap<string, readonly number[]>>();
  for (const { index, work } of nodes) {
    if (work.kind !== 'choose' || work.on.type !== 'node' || work.on.depth > 0) continue;
    const inArms = new Set([...work.arms.values()].flat());
    const behind = (children[work.on.node] ?? []).map((edge) => edge.node);
    const others = behind.filter((node) => !inArms.has(node) && nodes[node]?.work.kind !== 'choose');
    const byArm = [...work.arms].map(([arm, members]) => {
      const led = reach(members, (node) => (children[node] ?? []).map((edge) => edge.node));
      return [arm, others.filter((node) => !led.has(node))] as const;
    });
    found.set(index, new Map(byArm));
  }
  return found;
}

function childrenOf(drafts: readonly NodeDraft[]): readonly (readonly ChildEdge[])[] {
  const children: ChildEdge[][] = drafts.map(() => []);
  for (const draft of drafts) {
    for (const { depth, node, isOrderOnly } of draft.parents.values()) {
      if (depth === 0) children[node]?.push({ node: draft.index, isOrderOnly });
    }
  }
  return children;
}

/** From "by node: what it points to" to "by node: what points to it". */
function invert(pointers: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const inverted: number[][] = pointers.map(() => []);
  for (const [from, targets] of pointers.entries()) for (const to of targets) inverted[to]?.push(from);
  return inverted;
}

/**
 * A teardown waits for everything between its setup and itself, also for what an early decision has made unnecessary to those
 * behind it. One that was told nothing else follows everything that follows from its setup, the teardowns of setups within included.
 */
function attachTeardowns(scope: ScopeDraft): void {
  const isTeardown = new Set(scope.teardowns.map(({ teardown }) => teardown));
  const children = childrenOf(scope.nodes).map((edges) =>
    edges.map((edge) => edge.node).filter((node) => !isTeardown.has(node)),
  );
  const captured = invert(scope.nodes.map((draft) => draft.captures));
  const following = children.map((nodes, index) => [...nodes, ...(captured[index] ?? [])]);
  for (const { setup, teardown, isExplicit } of scope.teardowns) {
    const draft = scope.nodes[teardown];
    if (draft === undefined) continue;
    const between = reach(following[setup] ?? [], (index) => following[index] ?? []);
    if (!isExplicit) {
      for (const node of between) {
        if ((following[node] ?? []).length > 0) continue;
        draft.parents.set(`0:${node}`, { depth: 0, node, isOrderOnly: true });
      }
    }
    const before = reach([teardown], (index) => needsOf(scope.nodes[index] ?? draft));
    const inner = scope.teardowns.filter(
      (other) => !isExplicit && !other.isExplicit && between.has(other.setup),
    );
    const awaited = [...between].filter((node) => before.has(node) && !draft.parents.has(`0:${node}`));
    draft.captures = [...awaited, ...inner.map((other) => other.teardown)];
  }
}

/** Everything that can be reached, the starts included. */
function reach(starts: Iterable<number>, next: (node: number) => Iterable<number>): ReadonlySet<number> {
  const reached = new Set<number>(starts);
  for (const node of reached) for (const other of next(node)) reached.add(other);
  return reached;
}

/** Nodes a node depends on, in whichever way. */
function needsOf(draft: NodeDraft): readonly number[] {
  const parents = [...draft.parents.values()].filter(({ depth }) => depth === 0).map(({ node }) => node);
  const gates = draft.gate === null ? [] : [draft.gate.choose];
  return [...parents, ...draft.captures, ...gates];
}

/**
 * References point backwards, so only `after` can close a circle. Kahn's algorithm; what it leaves over holds the cycle.
 * @throws TUTTI_GRAPH_CYCLE with the path.
 */
function refuseCycle(scope: ScopeDraft, children: readonly (readonly ChildEdge[])[]): void {
  const needs = scope.nodes.map(needsOf);
  const open = needs.map((list) => list.length);
  const followers = invert(needs);
  const ready = open.flatMap((count, index) => (count === 0 ? [index] : []));
  let passed = 0;
  for (let at = 0; at < ready.length; at += 1) {
    passed += 1;
    for (const follower of followers[ready[at] ?? 0] ?? []) {
      const left = (open[follower] ?? 0) - 1;
      open[follower] = left;
      if (left === 0) ready.push(follower);
    }
  }
  if (passed === scope.nodes.length) return;
  const path = cyclePath(open, needs).map((index) => scope.nodes[index]?.id ?? '');
  throw new TuttiError(
    'TUTTI_GRAPH_CYCLE',
    `Pipeline "${scope.session.pipeline}" has tasks that wait for each other: ${path.join(' → ')}.`,
    { details: { pipeline: scope.session.pipeline, path, edges: children.flat().length } },
  );
}

/** Walks backwards among the nodes left over until one comes again; the way back is the cycle. */
function cyclePath(open: readonly number[], needs: readonly (readonly number[])[]): readonly number[] {
  const walked: number[] = [];
  let node = open.findIndex((count) => count > 0);
  while (!walked.includes(node)) {
    walked.push(node);
    node = needs[node]?.find((need) => (open[need] ?? 0) > 0) ?? node;
  }
  const cycle = walked.slice(walked.indexOf(node)).toReversed();
  return [...cycle, cycle[0] ?? node];
}

/** @throws TUTTI_DEFINITION_INVALID naming the tasks whose result goes nowhere. */
function refuseUnreachable(scope: ScopeDraft, result: Source | null): void {
  const roots = scope.nodes
    .filter((draft) => draft.isLeaf || draft.role !== 'work')
    .map((draft) => draft.index);
  if (result?.type === 'node' && result.depth === 0) roots.push(result.node);
  const reached = reach(roots, (index) => {
    const draft = scope.nodes[index];
    return draft === undefined ? [] : needsOf(draft);
  });
  const lost = scope.nodes.filter(
    (draft) => !reached.has(draft.index) && draft.work.kind !== 'choose' && draft.work.kind !== 'join',
  );
  if (lost.length === 0) return;
  const names = lost.slice(0, 5).map((draft) => `"${draft.id}"`);
  const more = lost.length > names.length ? ` and ${lost.length - names.length} more` : '';
  throw scope.session.refusal(
    `nothing uses ${names.join(', ')}${more}; let the result depend on it, or declare it with { leaf: true } if that is on purpose.`,
    { tasks: lost.slice(0, 100).map((draft) => draft.id) },
  );
}

/** Nodes that no other work waits for: their ends decide how the run ended. To Airflow, a teardown that may fail the run is work. */
function leavesOf(
  nodes: readonly GraphNode[],
  children: readonly (readonly ChildEdge[])[],
  compat: ScopeDraft['session']['compat'],
): readonly number[] {
  const isWork = ({ role, allowFailure }: GraphNode): boolean =>
    role !== 'teardown' || (compat === 'airflow' && !allowFailure);
  const followers = (index: number): readonly GraphNode[] =>
    (children[index] ?? []).flatMap((edge) => nodes[edge.node] ?? []);
  return nodes
    .filter((node) => node.role !== 'teardown' || !node.allowFailure)
    .filter(({ index }) => !followers(index).some(isWork))
    .map(({ index }) => index);
}
