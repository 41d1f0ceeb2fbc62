import dagre, { type Edge } from '@dagrejs/dagre';
import type { GraphView, NodeState, NodeView, TaskSummary } from '../../pipelines/index.ts';
import { countsOf, worstState } from './task-states.ts';

/** Sizes in pixels. */
const nodeHeight = 44;
const letterWidth = 7.2;
const margin = 16;

/** Fill and border by state; `blocked` is also what a graph without a run looks like. */
const colors: Readonly<Record<NodeState, readonly [fill: string, border: string]>> = {
  blocked: ['#f6f7f9', '#9aa3af'],
  ready: ['#eef2ff', '#6676c9'],
  running: ['#dff1ff', '#1b78c2'],
  success: ['#e2f6e6', '#2b8a3e'],
  failed: ['#fde4e1', '#c92a2a'],
  upstreamFailed: ['#fff0e0', '#d9722b'],
  skipped: ['#f1f0ee', '#a8a29e'],
  removed: ['#f1f0ee', '#a8a29e'],
};

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The graph as an SVG document, with the states of a run if there is one. The layout is dagre's. */
export function graphSvg(view: GraphView, tasks: readonly TaskSummary[] | null): string {
  const graph = new dagre.graphlib.Graph({ compound: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: 46, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  const summaries = new Map((tasks ?? []).map((task) => [task.id, task]));
  const hosts = new Set(view.nodes.map(({ inside }) => inside));
  for (const node of view.nodes) graph.setNode(node.id, sizeOf(node, summaries.get(node.id)));
  for (const node of view.nodes) {
    for (const parent of node.parents) graph.setEdge(parent, node.id);
    if (node.inside !== null && node.parents.length === 0) graph.setEdge(node.inside, node.id);
  }
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const edges = graph.edges().map((edge: Edge) => edgeSvg(graph.edge(edge).points));
  const boxes = view.nodes.map((node) =>
    nodeSvg(node, graph.node(node.id), { summary: summaries.get(node.id), isHost: hosts.has(node.id) }),
  );
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12"',
    ` viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" width="${Math.ceil(width)}" height="${Math.ceil(height)}">`,
    `<title>${escape(view.pipeline)}</title>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">',
    '<path d="M0 0 8 4 0 8z" fill="#6b7280"/></marker></defs>',
    ...edges,
    ...boxes,
    '</svg>',
    '',
  ].join('\n');
}

function sizeOf(node: NodeView, summary: TaskSummary | undefined): { width: number; height: number } {
  const letters = Math.max(node.id.length, subtitle(node, summary).length * 0.9);
  return { width: Math.max(90, letters * letterWidth + 24), height: nodeHeight };
}

function subtitle(node: NodeView, summary: TaskSummary | undefined): string {
  const rule = node.rule === 'allSuccess' ? '' : ` · ${node.rule}`;
  return `${node.kind}${rule}${summary === undefined ? '' : ` · ${countsOf(summary)}`}`;
}

function nodeSvg(
  node: NodeView,
  { x, y, width, height }: Placed,
  about: { readonly summary: TaskSummary | undefined; readonly isHost: boolean },
): string {
  const [fill, border] = colors[about.summary === undefined ? 'blocked' : worstState(about.summary)];
  const [left, top] = [x - width / 2, y - height / 2];
  // A map or loop is drawn as a stack of cards: there are several of what is inside.
  const card = about.isHost
    ? `<rect x="${left + 4}" y="${top + 4}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${border}"/>`
    : '';
  return [
    `<g><title>${escape(tooltip(node, about.summary))}</title>${card}`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="6" fill="${fill}" stroke="${border}"/>`,
    `<text x="${x}" y="${y - 3}" text-anchor="middle" fill="#111827">${escape(node.id)}</text>`,
    `<text x="${x}" y="${y + 13}" text-anchor="middle" fill="#4b5563" font-size="10">${escape(subtitle(node, about.summary))}</text></g>`,
  ].join('');
}

function tooltip({ id, doc, owner, tags }: NodeView, summary: TaskSummary | undefined): string {
  return [
    id,
    ...(doc === null ? [] : [doc]),
    ...(owner === null ? [] : [`owner: ${owner}`]),
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(', ')}`]),
    ...(summary?.error === undefined || summary.error === null ? [] : [summary.error]),
  ].join('\n');
}

function edgeSvg(points: readonly { readonly x: number; readonly y: number }[]): string {
  const path = points
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
  return `<path d="${path}" fill="none" stroke="#6b7280" marker-end="url(#arrow)"/>`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
