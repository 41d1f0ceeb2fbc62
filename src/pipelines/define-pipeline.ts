import { parseDuration, type Duration } from '../base/duration.ts';
import type { InferInput, InferOutput, StandardSchema } from '../base/standard-schema.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Asset, AssetCondition, AssetUse, EventSource, Schedule } from '../engine/index.ts';
import { GraphBuilder } from './graph-builder.ts';
import { BuildSession, NodeRef, resolveRef, ScopeDraft, type Spot } from './graph-draft.ts';
import type { GraphNode, PipelineGraph, ScopeGraph } from './graph.ts';
import type { PipelineBuilder } from './pipeline-builder.ts';
import type { Pipeline } from './pipeline.ts';
import type { AnyRef, ValueOf } from './ref.ts';
import { sealScope } from './seal-scope.ts';
import { refuseWrongLimit, resolveCallbacks, resolveDeadline } from './task-settings.ts';
import type { Deadline, TaskCallbacks } from './task-types.ts';

/** What can be said of a pipeline beside its name and graph. */
export interface PipelineOptions<S extends StandardSchema = StandardSchema> extends Omit<
  TaskCallbacks,
  'onSkipped'
> {
  /** Standard Schema of the input, checked before a run is started. Default: anything storable. */
  readonly input?: S;
  /** Name of this state of the graph; runs record the one they began with. Default '1'. */
  readonly version?: string;
  /** Older versions, for runs that began with them. */
  readonly previous?: readonly Pipeline[];
  /** How long a run may take from its start, waits included. Default: no limit. */
  readonly timeout?: Duration;
  /** How many tasks of one run may run at a time. Default 256. */
  readonly concurrency?: number;
  /** See `WorkflowOptions.durability`. Default `strict`. */
  readonly durability?: 'strict' | 'batched';
  /** A time by which a run should be done, and whom to tell if it is not. */
  readonly deadline?: Deadline;
  /** When runs start by themselves: one of `cron`, `every`, `calendar`, `dates`, or a named one of each. Default: never. */
  readonly schedule?: Schedule<InferInput<S>> | readonly Schedule<InferInput<S>>[];
  /** Events that cancel a run; see `WorkflowOptions.cancelOn`. Default: none. */
  readonly cancelOn?: EventSource<InferOutput<S>> | readonly EventSource<InferOutput<S>>[];
  /** Assets that are updated when a run completes. Default: none. */
  readonly produces?: readonly Asset[];
  /** Assets that the runs read; for lineage. Those of `startWhen` count without being named. Default: none. */
  readonly consumes?: readonly Asset[];
  /** Starts a run, without input, when assets were updated: an asset, or `any` and `all` of assets and schedules. Default: never. */
  readonly startWhen?: AssetCondition;
  /** Which partition a run made. Default: that of its trigger, or the one its interval begins in. */
  readonly partitionOf?: NonNullable<AssetUse['partitionOf']>;
  /**
   * `airflow` restores four of Airflow's behaviours that surprise: a branch skips the join behind it, a map without items is skipped,
   * a task that only orders (`after`) hands its skip on, and a leaf that runs whatever happened hides a failure.
   */
  readonly compat?: 'airflow';
  readonly tags?: readonly string[];
  readonly owner?: string;
  /** Documentation: shown with the graph. */
  readonly doc?: string;
}

/** Describes the graph of a pipeline. What it returns is the run's result; without one, every last task is a declared leaf. */
export type PipelineBuild<In, R> = (p: PipelineBuilder<In>) => R;

type Result = AnyRef | undefined | void;
type OutputOf<R> = R extends AnyRef ? ValueOf<R> : undefined;

const optionNames: readonly string[] = [
  ...[
    'input',
    'version',
    'previous',
    'timeout',
    'concurrency',
    'durability',
    'deadline',
    'schedule',
    'cancelOn',
    'compat',
  ],
  ...['produces', 'consumes', 'startWhen', 'partitionOf'],
  ...['tags', 'owner', 'doc', 'onSuccess', 'onFailure'],
];

/** How many tasks of one run may run at a time when nothing is said. */
const concurrencyDefault = 256;

/**
 * Declares a pipeline: a typed graph of tasks. Its runs are ordinary durable runs; each finished task is a journal entry.
 *
 * @example
 * export const sums = pipeline('sums', {}, (p) => {
 *   const numbers = p.task('list', {}, () => [1, 2, 3]);
 *   const squares = p.map('square', numbers, (n, p) => p.task('one', { n }, ({ n }) => n * n));
 *   return p.task('sum', { squares }, ({ squares }) => squares.reduce((a, b) => a + b, 0));
 * });
 * @throws TUTTI_DEFINITION_INVALID, TUTTI_GRAPH_CYCLE, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID: when
 * the module is loaded, not when a run is under way.
 */
export function pipeline<S extends StandardSchema, R extends Result>(
  name: string,
  options: PipelineOptions<S>,
  build: PipelineBuild<InferOutput<S>, R>,
): Pipeline<InferInput<S>, OutputOf<R>> {
  checkDeclaration(name, build);
  const what = `pipeline "${name}"`;
  refuseUnknownOptions(options, optionNames, what);
  const { concurrency = concurrencyDefault, compat = null } = options;
  refuseWrongLimit(concurrency, `concurrency of ${what}`);
  return {
    type: 'pipeline',
    name,
    version: options.version ?? '1',
    graph: buildGraph(name, compat, build),
    input: options.input,
    timeoutMs: options.timeout === undefined ? null : parseDuration(options.timeout, `timeout of ${what}`),
    durability: options.durability ?? 'strict',
    concurrency,
    compat,
    callbacks: resolveCallbacks(options, what) ?? { success: [], failure: [], skipped: [] },
    deadline: resolveDeadline(options.deadline, what),
    tags: options.tags ?? [],
    owner: options.owner ?? null,
    doc: options.doc ?? null,
    schedules: [options.schedule ?? []].flat(),
    cancelOn: [options.cancelOn ?? []].flat(),
    assets: assetsOf(options),
    previous: options.previous ?? [],
  };
}

function assetsOf(options: PipelineOptions): AssetUse {
  const { produces = [], consumes = [], startWhen = null, partitionOf = null } = options;
  return { produces, consumes, when: startWhen, partitionOf };
}

/** @throws TUTTI_DEFINITION_INVALID */
function checkDeclaration(name: unknown, build: unknown): void {
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      'A pipeline was declared without a name; expected pipeline(name, options, build).',
    );
  }
  if (typeof build !== 'function') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Pipeline "${name}" was declared without a graph; expected a function as the last argument.`,
    );
  }
}

/** Runs the build function twice: what differs between the two would differ between the runs of two processes. */
function buildGraph(
  name: string,
  compat: 'airflow' | null,
  build: PipelineBuild<unknown, Result>,
): PipelineGraph {
  const root = buildOnce(name, compat, build);
  const again = buildOnce(name, compat, build);
  const [first, second] = [outline(root), outline(again)];
  const at = first.findIndex((line, index) => line !== second[index]);
  if (at !== -1 || first.length !== second.length) {
    const place = at === -1 ? first.length : at;
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Pipeline "${name}": the build function is not pure; called twice it declared "${first[place] ?? 'nothing more'}" and then ` +
        `"${second[place] ?? 'nothing more'}". Move what depends on time, randomness or outside state into a task.`,
      { details: { pipeline: name } },
    );
  }
  const byId = new Map<string, GraphNode>();
  collect(root, byId);
  return { root, byId, hasTeardowns: [...byId.values()].some((node) => node.role === 'teardown') };
}

function buildOnce(
  name: string,
  compat: 'airflow' | null,
  build: PipelineBuild<unknown, Result>,
): ScopeGraph {
  const session = new BuildSession(name, compat);
  const scope = new ScopeDraft(session, { id: '', outer: null, hostGate: null });
  const spot: Spot = { scope, group: '', gate: null };
  const built: unknown = build(new GraphBuilder(spot).forAuthors);
  if (built instanceof Promise) {
    built.catch(() => undefined);
    throw session.refusal(
      'the build function is asynchronous; it must describe the graph and leave the work to the tasks.',
    );
  }
  if (built !== undefined && !(built instanceof NodeRef)) {
    throw session.refusal(
      'the build function returned something that is no reference; expected the result of a task, or nothing.',
    );
  }
  const graph = sealScope(scope, built === undefined ? null : resolveRef(built, spot, 'the result'));
  session.isOpen = false;
  return graph;
}

function collect(scope: ScopeGraph, into: Map<string, GraphNode>): void {
  for (const node of scope.nodes) {
    into.set(node.id, node);
    if ('body' in node.work) collect(node.work.body, into);
  }
}

/** One line per node: its id, kind and parents. */
function outline(scope: ScopeGraph): readonly string[] {
  return scope.nodes.flatMap((node) => [
    `${node.id} (${node.work.kind}) after ${node.parents.map((parent) => `${parent.depth}.${parent.node}`).join(', ')}`,
    ...('body' in node.work ? outline(node.work.body) : []),
  ]);
}
