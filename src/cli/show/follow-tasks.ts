import type { Client, TasksView } from '../../app/index.ts';
import type { Invocation } from '../command.ts';
import type { Output } from '../output.ts';
import { describeGraphLines, tallyLine } from './describe-pipeline.ts';
import { addressOf, errorLines, styledState } from './describe-run.ts';

/** How often a live run is looked at. Milliseconds. */
const lookEveryMs = 300;

/** Shows how far a pipeline run is until it has ended, is paused, or nobody wants to see it any more. */
export async function followTasks(
  { out, clock, stopSignal }: Pick<Invocation, 'out' | 'clock' | 'stopSignal'>,
  client: Client,
  address: string,
): Promise<TasksView> {
  for (;;) {
    const view = await client.showTasks(address);
    if (view.run.endedAt !== null || view.run.state === 'paused' || stopSignal.aborted) {
      out.progress('');
      return view;
    }
    out.progress(`${view.run.state}: ${tallyLine(view.tasks)}`);
    await new Promise<void>((resolve) => {
      clock.setTimer(lookEveryMs, resolve);
    });
  }
}

/** A pipeline run at a glance: its state, its graph with the state of each task, its error. */
export function describeTasks({ run, graph, tasks }: TasksView, out: Output): readonly string[] {
  return [
    `${out.style('bold', addressOf(run))}  ${styledState(run, out)}  ${run.definition}, version ${run.version}`,
    ` ${tallyLine(tasks)}`,
    '',
    ...describeGraphLines(graph, out, tasks),
    ...(run.error === null ? [] : ['', ...errorLines(run.error, out)]),
  ];
}
