import type { NodeDraft, ScopeDraft } from './graph-draft.ts';
import type { ChildEdge } from './graph.ts';

const none: readonly number[] = [];

/**
 * By node: the setups it needs although they are not its parents. A setup reaches what follows from it, up to the tasks
 * its teardown waits for; without a teardown, everything that follows.
 */
export function findNeededSetups(
  scope: ScopeDraft,
  children: readonly (readonly ChildEdge[])[],
): readonly (readonly number[])[] {
  const setups = scope.nodes.filter((draft) => draft.role === 'setup');
  if (setups.length === 0) return scope.nodes.map(() => none);
  const needed: number[][] = scope.nodes.map(() => []);
  for (const setup of setups) {
    for (const node of coveredBy(scope, setup, children)) needed[node]?.push(setup.index);
  }
  return needed;
}

function coveredBy(
  scope: ScopeDraft,
  setup: NodeDraft,
  children: readonly (readonly ChildEdge[])[],
): readonly number[] {
  const following = walk([setup.index], (node) => (children[node] ?? []).map((edge) => edge.node));
  const ends = scope.teardowns.filter((pair) => pair.setup === setup.index).map((pair) => pair.teardown);
  const before =
    ends.length === 0
      ? following
      : walk(ends, (node) => [...(scope.nodes[node]?.parents.values() ?? [])].map((parent) => parent.node));
  return [...following].filter((node) => {
    const draft = scope.nodes[node];
    if (draft === undefined || node === setup.index || draft.role !== 'work' || !before.has(node))
      return false;
    return !draft.parents.has(`0:${setup.index}`);
  });
}

function walk(starts: readonly number[], next: (node: number) => readonly number[]): ReadonlySet<number> {
  const walked = new Set(starts);
  for (const node of walked) for (const other of next(node)) walked.add(other);
  return walked;
}
