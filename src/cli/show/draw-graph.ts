/**
 * A graph as lines of text, in the manner of `git log --graph`: one line per task, parents above their children, and rails for the
 * edges between them.
 */
import type { GraphView, NodeView } from '../../pipelines/index.ts';

/** More rails than these say nothing any more; then tasks are listed with the names of their parents. */
const railsMax = 16;

/** One line of the drawing: rails, and the task that stands on it, if any. */
export interface DrawnLine {
  readonly rails: string;
  readonly node: NodeView | null;
}

/** Draws a graph. Joins are left out: they say what the branch says. */
export function drawGraph(view: GraphView): readonly DrawnLine[] {
  const nodes = reduce(orderOf(contract(view.nodes)));
  return drawWithRails(nodes) ?? nodes.map((node) => ({ rails: '•', node }));
}

/** Leaves out joins: who waits for one waits for its arms. */
function contract(nodes: readonly NodeView[]): readonly NodeView[] {
  const joins = new Map(nodes.filter(({ kind }) => kind === 'join').map((node) => [node.id, node]));
  const parentsOf = (node: NodeView): readonly string[] =>
    node.parents.flatMap((id) => {
      const join = joins.get(id);
      return join === undefined ? [id] : parentsOf(join);
    });
  return nodes
    .filter(({ kind }) => kind !== 'join')
    .map((node) => ({ ...node, parents: [...new Set(parentsOf(node))] }));
}

/** Parents before children; a map or loop before what is inside it, and that before what follows from it. */
function orderOf(nodes: readonly NodeView[]): readonly NodeView[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<string>();
  const ordered: NodeView[] = [];
  const place = (node: NodeView): void => {
    if (placed.has(node.id)) return;
    placed.add(node.id);
    const needs = [...(node.inside === null ? [] : [node.inside]), ...node.parents];
    for (const id of needs) {
      const needed = byId.get(id);
      if (needed !== undefined) place(needed);
    }
    ordered.push(node);
    for (const inner of nodes) if (inner.inside === node.id) place(inner);
  };
  for (const node of nodes) if (node.inside === null) place(node);
  return ordered;
}

/** Drops edges that others imply: who waits for a child waits for its parents. `nodes` have parents before children. */
function reduce(nodes: readonly NodeView[]): readonly NodeView[] {
  const ancestors = new Map<string, ReadonlySet<string>>();
  return nodes.map((node) => {
    const needs = node.inside === null ? node.parents : [...node.parents, node.inside];
    const implied = new Set(needs.flatMap((id) => [...(ancestors.get(id) ?? [])]));
    ancestors.set(node.id, new Set([...implied, ...needs]));
    return { ...node, parents: node.parents.filter((id) => !implied.has(id)) };
  });
}

function drawWithRails(nodes: readonly NodeView[]): readonly DrawnLine[] | null {
  const lines: DrawnLine[] = [];
  const children = childrenOf(nodes);
  // By rail: the task it leads to; null where a rail has ended and nothing has taken its place.
  let rails: (string | null)[] = [];
  for (const node of nodes) {
    const own = rails.flatMap((target, index) => (target === node.id ? [index] : []));
    const [first = firstFree(rails), ...others] = own;
    for (const other of others) {
      lines.push({ rails: row(rails, (index) => joinMark(index, first, other)), node: null });
      rails[other] = null;
    }
    const [next, ...more] = children.get(node.id) ?? [];
    rails[first] = node.id;
    lines.push({ rails: row(rails, (index) => (index === first ? '●' : null)), node });
    rails[first] = next ?? null;
    for (const child of more) {
      const index = firstFree(rails, first + 1);
      rails[index] = child;
      lines.push({ rails: row(rails, (at) => splitMark(at, first, index)), node: null });
    }
    while (rails.length > 0 && rails.at(-1) === null) rails = rails.slice(0, -1);
    if (rails.length > railsMax) return null;
  }
  return lines;
}

function childrenOf(nodes: readonly NodeView[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const node of nodes) {
    const parents = node.parents.length === 0 && node.inside !== null ? [node.inside] : node.parents;
    for (const parent of parents) children.get(parent)?.push(node.id);
  }
  return children;
}

function firstFree(rails: readonly (string | null)[], from = 0): number {
  for (let index = from; index < rails.length; index += 1) if (rails[index] === null) return index;
  return Math.max(rails.length, from);
}

function row(rails: readonly (string | null)[], mark: (index: number) => string | null): string {
  const cells = rails.map((target, index) => mark(index) ?? (target === null ? ' ' : '│'));
  return cells
    .map((cell, index) => cell + (isBridge(cell, cells[index + 1]) ? '─' : ' '))
    .join('')
    .trimEnd();
}

function isBridge(left: string, right: string | undefined): boolean {
  return (
    ['├', '─', '┼', '┬', '┴'].includes(left) && right !== undefined && ['╮', '╯', '─', '┼'].includes(right)
  );
}

function joinMark(index: number, first: number, other: number): string | null {
  if (index === first) return '├';
  if (index === other) return '╯';
  return index > first && index < other ? '─' : null;
}

function splitMark(index: number, first: number, other: number): string | null {
  if (index === first) return '├';
  if (index === other) return '╮';
  return index > first && index < other ? '─' : null;
}
