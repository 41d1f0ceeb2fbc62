import { formatDuration } from '../../base/duration.ts';
import type { TasksView } from '../../app/index.ts';
import type { GraphView, NodeView, TaskSummary } from '../../pipelines/index.ts';
import type { Output } from '../output.ts';
import { drawGraph } from './draw-graph.ts';
import { countsOf, stateStyles, worstState } from './task-states.ts';

/** The graph as lines, and beside each task what is known of it in a run. */
export function describeGraphLines(
  view: GraphView,
  out: Output,
  tasks: readonly TaskSummary[] | null = null,
): readonly string[] {
  const lines = drawGraph(view);
  const summaries = new Map((tasks ?? []).map((task) => [task.id, task]));
  const width = Math.max(...lines.map(({ rails }) => rails.length)) + 1;
  const names = Math.max(...lines.map(({ node }) => node?.id.length ?? 0));
  return lines.map(({ rails, node }) => {
    if (node === null) return ` ${rails}`;
    const summary = summaries.get(node.id);
    const said = summary === undefined ? kindOf(node) : stateOf(summary, out);
    return ` ${rails.padEnd(width)} ${node.id.padEnd(names)}  ${said}`.trimEnd();
  });
}

/** What of its tasks a reader of a run needs to know at a glance, in one line. */
export function tallyLine(tasks: readonly TaskSummary[]): string {
  const total: Partial<Record<keyof TaskSummary['states'], number>> = {};
  for (const { kind, states } of tasks) {
    if (kind === 'branch' || kind === 'join') continue;
    for (const [state, count] of Object.entries(states)) {
      const key = state as keyof TaskSummary['states'];
      total[key] = (total[key] ?? 0) + count;
    }
  }
  return countsOf({ states: total } as TaskSummary);
}

/** What can be done about a run with failed tasks, as commands. */
export function pipelineSuggestions({ run, tasks }: TasksView, address: string): readonly string[] {
  if (run.endedAt === null) return [`pipeline show ${address} --watch`];
  const failed = tasks.flatMap((task) => task.failed);
  const [first] = failed;
  if (first === undefined) return [`pipeline clear ${address} <task>`];
  return [
    `pipeline clear ${address} --failed`,
    `pipeline mark ${address} success ${/\s/.test(first) ? `'${first}'` : first}`,
  ];
}

function kindOf({ kind, rule, role, doc }: NodeView): string {
  const what = role === 'work' ? kind : role;
  const parts = [what, ...(rule === 'allSuccess' ? [] : [rule]), ...(doc === null ? [] : [doc])];
  return parts.join(' · ');
}

function stateOf(summary: TaskSummary, out: Output): string {
  const { attempts, startedAt, endedAt, error, kind, states } = summary;
  const state = out.style(stateStyles[worstState(summary)], inOwnWords(summary));
  const took = startedAt === null || endedAt === null ? '' : `  ${formatDuration(endedAt - startedAt)}`;
  const ended = (states.success ?? 0) + (states.failed ?? 0);
  const tries = kind === 'map' || attempts <= ended ? '' : `  ${attempts} attempts`;
  const why = error === null ? '' : `  ${out.style('red', error.split('\n', 1)[0] ?? '')}`;
  return `${state}${took}${tries}${why}`;
}

/** What a node that is no work of its own does while others would say that it runs. */
const waitingWords: Readonly<Record<string, string>> = {
  ask: 'waits for a person',
  wait: 'waits for a signal',
  sleep: 'sleeps',
  call: 'waits for the other run',
};

function inOwnWords(summary: TaskSummary): string {
  const own = waitingWords[summary.kind];
  return own !== undefined && summary.states.running === 1 ? own : countsOf(summary);
}
