/** Maps and loops: how a run of their body begins, and what its end means for them. */
import { countOf } from './counts.ts';
import type { GraphNode, NodeWork } from './graph.ts';
import type { OuterRun } from './outer-run.ts';
import { nodeStates, ScopeRun, type LoopRun, type MapRun, type NodeStateCode } from './scope-run.ts';
import { outcomeOf } from './scope-outcome.ts';

/** A map of more items than this is refused: it is a mistake, or a case for batches. */
const itemsMax = 100_000;

/** A map's items are there: its instances begin, as many at a time as it allows. */
export function expandMap(
  run: OuterRun,
  scope: ScopeRun,
  node: GraphNode,
  work: Extract<NodeWork, { kind: 'map' }>,
): void {
  const items = run.resolve(scope, work.items);
  if (!Array.isArray(items) || items.length > itemsMax) {
    const got = Array.isArray(items) ? `${items.length} items` : describe(items);
    return run.failWith(scope, node, `it is to map ${got}; expected a list of at most ${itemsMax} items.`);
  }
  if (items.length === 0) {
    const state = run.options.compat === 'airflow' ? nodeStates.skipped : nodeStates.success;
    return run.end(scope, node, state, state === nodeStates.success ? [] : undefined);
  }
  const map: MapRun = {
    kind: 'map',
    items,
    results: items.map(() => undefined),
    instances: [],
    ...{ next: 0, done: 0, failed: 0, upstreamFailed: 0, skipped: 0 },
    firstError: undefined,
  };
  scope.inner ??= new Map();
  scope.inner.set(node.index, map);
  // Until now the map counted as one parent; from here on each of its instances does.
  for (const edge of scope.graph.children[node.index] ?? []) {
    scope.add(edge.node, countOf.total, items.length - 1);
  }
  const atATime = Math.min(work.concurrency ?? items.length, items.length);
  for (let count = 0; count < atATime; count += 1) beginInstance(run, scope, node, map);
}

/** The next round of a loop, or its end. `result.value` is what the round before gave. */
export function nextRound(
  run: OuterRun,
  scope: ScopeRun,
  node: GraphNode,
  result: { readonly value: unknown },
): void {
  if (node.work.kind !== 'loop') return;
  const { roundsMax, until, body } = node.work;
  scope.inner ??= new Map();
  const known = scope.inner.get(node.index);
  const loop: LoopRun = known?.kind === 'loop' ? known : { kind: 'loop', round: -1, current: null };
  scope.inner.set(node.index, loop);
  const isOver = loop.round >= 0 && isDone(until, result.value, loop.round);
  if (isOver instanceof Error) return run.end(scope, node, nodeStates.failed, isOver);
  if (isOver || (until === null && loop.round + 1 >= roundsMax)) {
    return run.end(scope, node, nodeStates.success, result.value);
  }
  if (loop.round + 1 >= roundsMax) {
    return run.failWith(scope, node, `its condition did not hold within ${roundsMax} rounds.`);
  }
  loop.round += 1;
  loop.current = new ScopeRun(body, { scope, node, position: loop.round }, result.value);
  run.enter(loop.current);
}

/** Every node of a map's instance or a loop's round has ended. */
export function instanceEnded(run: OuterRun, instance: ScopeRun): void {
  const { host } = instance;
  if (host === null) return;
  const { state, error } = outcomeOf(instance, run.options.compat);
  const { result } = instance.graph;
  const value = result === null || state !== 'success' ? undefined : run.resolve(instance, result);
  const inner = host.scope.inner?.get(host.node.index);
  if (inner?.kind === 'map') return mapped(run, instance, inner, { state, value, error });
  if (state === 'success') return nextRound(run, host.scope, host.node, { value });
  run.end(host.scope, host.node, nodeStates[state], error);
}

interface InstanceResult {
  readonly state: 'success' | 'failed' | 'upstreamFailed' | 'skipped';
  readonly value: unknown;
  readonly error: unknown;
}

function mapped(run: OuterRun, instance: ScopeRun, map: MapRun, ended: InstanceResult): void {
  const { host } = instance;
  if (host === null) return;
  const { scope, node, position } = host;
  map.instances[position] = null;
  map.results[position] = ended.value;
  map.done += 1;
  if (ended.state !== 'success') map[ended.state] += 1;
  if (ended.state === 'failed' || ended.state === 'upstreamFailed') map.firstError ??= ended.error;
  run.countInstance(scope, node, nodeStates[ended.state]);
  if (map.next < map.items.length) return beginInstance(run, scope, node, map);
  if (map.done === map.items.length) run.end(scope, node, stateOf(map), valueOf(map));
}

function beginInstance(run: OuterRun, scope: ScopeRun, node: GraphNode, map: MapRun): void {
  if (node.work.kind !== 'map') return;
  const position = map.next;
  map.next += 1;
  const instance = new ScopeRun(node.work.body, { scope, node, position }, map.items[position]);
  map.instances[position] = instance;
  run.enter(instance);
}

function stateOf(map: MapRun): NodeStateCode {
  if (map.failed > 0) return nodeStates.failed;
  if (map.upstreamFailed > 0) return nodeStates.upstreamFailed;
  return map.skipped === map.items.length ? nodeStates.skipped : nodeStates.success;
}

function valueOf(map: MapRun): unknown {
  return map.failed > 0 || map.upstreamFailed > 0 ? map.firstError : map.results;
}

function isDone(
  until: ((value: unknown, round: number) => boolean) | null,
  value: unknown,
  round: number,
): boolean | Error {
  if (until === null) return false;
  try {
    return until(value, round);
  } catch (error) {
    return error instanceof Error ? error : new TypeError(String(error));
  }
}

function describe(value: unknown): string {
  return value === null ? 'null' : `a ${typeof value}`;
}
