/** Looking at pipelines and their runs, and having tasks of a run done again or counted as done. */
import { TuttiError } from '../base/tutti-error.ts';
import {
  decodeRunInput,
  encodeRunInput,
  type Engine,
  type JournalEntry,
  type RunRecord,
} from '../engine/index.ts';
import {
  describeGraph,
  isPipelineDefinition,
  packInput,
  pipelineVersion,
  planClear,
  selectedIds,
  selectTasks,
  unpackInput,
  viewRun,
  type ClearPlan,
  type GraphView,
  type Mark,
  type Pipeline,
  type TaskSummary,
} from '../pipelines/index.ts';
import { cancelFirst } from './cancel-first.ts';
import type { ClearRequest, MarkRequest } from './client.ts';
import { readAllEntries } from './journal-pages.ts';
import { findDefinition } from './registry.ts';
import { startNextGeneration } from './start-run.ts';
import { readPayload } from './views.ts';

/** The graph of a pipeline. @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_STATE_CONFLICT if it is none. */
export function showGraph(engine: Engine, name: string): GraphView {
  return describeGraph(findPipeline(engine, name));
}

/** The tasks of a pipeline run by state. @throws TUTTI_STATE_CONFLICT if it is none. */
export async function showTasks(engine: Engine, run: RunRecord): Promise<readonly TaskSummary[]> {
  const pipeline = pipelineVersion(findPipeline(engine, run.definition), run.version);
  const journal: { entry: JournalEntry; value: unknown }[] = [];
  for await (const entry of readAllEntries(engine.store, run.number)) {
    journal.push({ entry, value: await readPayload(engine.payloads, entry.payload) });
  }
  const { input } = decodeRunInput(await engine.payloads.text(run.input));
  return viewRun(pipeline, input, journal);
}

/** What {@link clearTasks} did, or would do. */
export interface Cleared {
  /** Instances that are done again. */
  readonly tasks: readonly string[];
  /** The next generation; null when nothing was started. */
  readonly run: RunRecord | null;
}

/**
 * Has tasks of a finished run done again, as the next generation under its id. What is after them is done again too, or kept
 * with `only`. One that has not finished is canceled before, if asked to.
 * @throws TUTTI_STATE_CONFLICT for a run that has not finished or has nothing to clear, TUTTI_ARGUMENT_INVALID.
 */
export async function clearTasks(engine: Engine, run: RunRecord, request: ClearRequest): Promise<Cleared> {
  const { isDryRun = false, only = false } = request;
  if (!isDryRun) refuseUnfinished(run, request);
  const pipeline = findPipeline(engine, run.definition);
  const version = request.version === 'original' ? run.version : pipeline.version;
  const graph = pipelineVersion(pipeline, version);
  if (request.version === 'original' && graph.version !== run.version) {
    throw refused(
      run,
      `began with version ${run.version}, which is not loaded; name it in \`previous\` of the pipeline`,
    );
  }
  const selectors = [
    ...(request.select ?? []),
    ...(request.failed === true ? await failedTasks(engine, run) : []),
  ];
  if (selectors.length === 0) throw refused(run, 'has nothing to clear: no task was named, and none failed');
  // Also refuses a selector that means nothing, before anything is canceled for it.
  const preview = planClear(graph, await readJournal(engine, run), selectors);
  if (isDryRun) return { tasks: preview.cleared, run: null };
  const ended = await cancelFirst(engine, run, `to clear ${selectors.join(', ')}`);
  const plan = run === ended ? preview : planClear(graph, await readJournal(engine, ended), selectors);
  const kept = only ? await keepFollowing(engine, plan) : {};
  // A decision about a task that is now to be done again is over.
  const isOver = new Set(selectedIds(selectTasks(describeGraph(graph), selectors)));
  const input = await withMarks(engine, ended, (marks) => ({ ...withoutSelected(marks, isOver), ...kept }));
  return {
    tasks: plan.cleared,
    run: await startNextGeneration(engine, ended, { drop: plan.drop, version, input }),
  };
}

/**
 * Counts tasks of a finished run as ended in this way, and has what follows from that done, as the next generation.
 * @throws as `clearTasks`
 */
export async function markTasks(engine: Engine, run: RunRecord, request: MarkRequest): Promise<RunRecord> {
  refuseUnfinished(run, request);
  const { select, state, value, by } = request;
  const pipeline = pipelineVersion(findPipeline(engine, run.definition), run.version);
  // One instance is named by its positions; without them a decision is about all instances.
  const names = select.flatMap((selector) =>
    selector.includes('[') ? [selector] : [...selectedIds(selectTasks(describeGraph(pipeline), [selector]))],
  );
  // Refuses an instance that means nothing, before anything is canceled for it.
  selectTasks(describeGraph(pipeline), select);
  const ended = await cancelFirst(engine, run, `to mark ${select.join(', ')} as ${state}`);
  const plan = planClear(pipeline, await readJournal(engine, ended), select);
  const mark: Mark = { state, by, ...(value === undefined ? {} : { value }) };
  const input = await withMarks(engine, ended, (marks) => ({
    ...marks,
    ...Object.fromEntries(names.map((name) => [name, mark])),
  }));
  return startNextGeneration(engine, ended, { drop: plan.drop, version: run.version, input });
}

/** Selectors for the tasks that failed, and what did not run because of them. */
async function failedTasks(engine: Engine, run: RunRecord): Promise<readonly string[]> {
  return (await showTasks(engine, run)).flatMap(({ failed }) => failed);
}

async function readJournal(engine: Engine, run: RunRecord): Promise<readonly JournalEntry[]> {
  const journal: JournalEntry[] = [];
  for await (const entry of readAllEntries(engine.store, run.number)) journal.push(entry);
  return journal;
}

/** Marks with the recorded results of tasks that are after the cleared ones and stay as they are. */
async function keepFollowing(engine: Engine, plan: ClearPlan): Promise<Record<string, Mark>> {
  const marks: Record<string, Mark> = {};
  for (const { kind, outcome, scope, name, payload } of plan.following) {
    if (kind === 'attempt' || kind === 'slot' || kind === 'release' || outcome !== 'ok') continue;
    const isNamedByTask = kind === 'step' || kind === 'timer';
    const id = isNamedByTask ? (scope === '' ? name : `${scope}/${name}`) : scope;
    marks[id] = { state: 'success', value: await readPayload(engine.payloads, payload), by: 'clear' };
  }
  return marks;
}

/** The stored input with other marks; the stored payload itself when nothing changes. */
async function withMarks(
  engine: Engine,
  run: RunRecord,
  change: (marks: Readonly<Record<string, Mark>>) => Readonly<Record<string, Mark>>,
): Promise<RunRecord['input']> {
  const stored = decodeRunInput(await engine.payloads.text(run.input));
  const input = unpackInput(stored.input);
  const marks = change(input.marks);
  if (Object.keys(marks).length === 0 && Object.keys(input.marks).length === 0) return run.input;
  const what = `the input of run '${run.id}'`;
  const text = encodeRunInput({ ...stored, input: packInput({ ...input, marks }) }, what);
  return engine.payloads.store(text, run.id, what);
}

function withoutSelected(
  marks: Readonly<Record<string, Mark>>,
  selected: ReadonlySet<string>,
): Record<string, Mark> {
  return Object.fromEntries(
    Object.entries(marks).filter(([id]) => !selected.has(id.replaceAll(/\[\d+\]/g, ''))),
  );
}

function findPipeline(engine: Engine, name: string): Pipeline {
  const definition = findDefinition(engine, name);
  if (isPipelineDefinition(definition)) return definition.pipeline;
  throw new TuttiError(
    'TUTTI_STATE_CONFLICT',
    `'${name}' is a ${definition.kind}; only a pipeline has tasks.`,
    {
      details: { definition: name, kind: definition.kind },
    },
  );
}

function refuseUnfinished(run: RunRecord, request: { readonly cancelFirst?: boolean }): void {
  if (run.endedAt !== null || request.cancelFirst === true) return;
  throw refused(
    run,
    `is ${run.state}; its tasks can be cleared and marked once it has ended. Let it end, or have it canceled first ` +
      '(`--cancel`, in code `cancelFirst`): what has finished is kept, and only what runs right now begins again',
  );
}

function refused(run: RunRecord, reason: string): TuttiError {
  return new TuttiError('TUTTI_STATE_CONFLICT', `Run '${run.id}' ${reason}.`, { details: { id: run.id } });
}
