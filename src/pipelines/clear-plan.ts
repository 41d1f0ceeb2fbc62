/**
 * What has to go from a run's journal so that tasks are done again: their own entries and those of everything after them,
 * because a replay could not meet the end of a task whose parents have not ended. What follows may be kept all the same, as a mark
 * with the recorded value.
 */
import type { JournalEntry } from '../engine/index.ts';
import { describeGraph, withoutPositions, type GraphView } from './graph-view.ts';
import { taskOfPastPath } from './past-names.ts';
import type { Pipeline } from './pipeline.ts';
import { selectTasks, TaskRelations, type SelectedTasks } from './task-selection.ts';

/** Entries that go, and what was in them. */
export interface ClearPlan {
  /** Positions in the journal. */
  readonly drop: readonly number[];
  /** Instances that are done again, in the order in which they had ended. */
  readonly cleared: readonly string[];
  /** Entries of instances that were not selected and only follow: they can be kept by a mark. */
  readonly following: readonly JournalEntry[];
}

/** The instance an entry belongs to: a task, or null for what belongs to the run as a whole. */
export function instanceOf(entry: JournalEntry): string | null {
  const { kind, scope, name } = entry;
  if (kind === 'cancel' || kind === 'record' || kind === 'start' || kind === 'send') return null;
  if (scope.startsWith('~')) return null;
  const isNamedByTask = kind === 'step' || kind === 'attempt' || kind === 'timer';
  return isNamedByTask ? (scope === '' ? name : `${scope}/${name}`) : scope;
}

/** @throws TUTTI_ARGUMENT_INVALID for a selector that means nothing. */
export function planClear(
  pipeline: Pipeline,
  journal: readonly JournalEntry[],
  selectors: readonly string[],
): ClearPlan {
  const view = describeGraph(pipeline);
  const selected = [...selectTasks(view, selectors), ...tornDown(view, journal)];
  const widened = selected.map((one) => widen(view, one));
  const drop: number[] = [];
  const cleared = new Set<string>();
  const following: JournalEntry[] = [];
  for (const entry of journal) {
    const told = toldOf(entry);
    const instance = instanceOf(entry) ?? told;
    const isCleared = instance !== null && widened.some((one) => holds(one, instance));
    if (!isCleared && !belongsToTheEnd(entry)) continue;
    drop.push(entry.seq);
    if (instance === null || told !== null) continue;
    if (selected.some((one) => holds(one, instance))) cleared.add(instance);
    else following.push(entry);
  }
  return { drop, cleared: [...cleared], following };
}

/**
 * What a cancellation tore down: the setups, and everything after them. The next generation is not canceled, so it could not meet
 * the end of such a teardown, and what the setup made is gone.
 */
function tornDown(view: GraphView, journal: readonly JournalEntry[]): readonly SelectedTasks[] {
  const canceledAt = journal.find(({ kind }) => kind === 'cancel')?.seq;
  if (canceledAt === undefined) return [];
  const relations = new TaskRelations(view);
  const teardowns = new Map(
    view.nodes.flatMap((node) => (node.role === 'teardown' ? [[node.id, node]] : [])),
  );
  const setups = new Set(view.nodes.flatMap(({ id, role }) => (role === 'setup' ? [id] : [])));
  return journal.flatMap((entry) => {
    const id = entry.seq > canceledAt ? instanceOf(entry) : null;
    const teardown = id === null ? undefined : teardowns.get(withoutPositions(id));
    if (id === null || teardown === undefined) return [];
    const ids = relations.after(teardown.parents.filter((parent) => setups.has(parent)));
    const [, instance = null] = /^(.*\[\d+\])/.exec(id) ?? [];
    return [{ ids, instance }];
  });
}

/** With the setups whose work is gone by now, and everything after any of it. */
function widen(view: GraphView, selected: SelectedTasks): SelectedTasks {
  const relations = new TaskRelations(view);
  const before = relations.before(selected.ids);
  const setups = view.nodes
    .filter(({ id, role }) => role === 'setup' && before.has(id) && hasTeardown(view, id))
    .map(({ id }) => id);
  return {
    ids: relations.after([...selected.ids, ...setups]),
    instance: setups.length > 0 ? null : selected.instance,
  };
}

function hasTeardown(view: GraphView, setup: string): boolean {
  return view.nodes.some(({ role, parents }) => role === 'teardown' && parents.includes(setup));
}

function holds({ ids, instance }: SelectedTasks, id: string): boolean {
  const plain = withoutPositions(id);
  if (!ids.has(plain)) return false;
  if (instance === null || !plain.startsWith(`${withoutPositions(instance)}/`)) return true;
  return id.startsWith(`${instance}/`);
}

/** The task that a notification, or a look at the run before, was about. */
function toldOf({ scope }: JournalEntry): string | null {
  const past = taskOfPastPath(scope);
  if (past !== null) return past;
  return scope.startsWith('~notify/') ? scope.slice('~notify/'.length) : null;
}

/** A cancellation, and what was said about the end of the run: the run will end anew. */
function belongsToTheEnd(entry: JournalEntry): boolean {
  return entry.kind === 'cancel' || entry.scope === '~notify';
}
