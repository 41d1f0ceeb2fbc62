import type { Client, RunDetail, TasksView } from '../../../app/index.ts';
import { isTuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { describeGraphLines, pipelineSuggestions } from '../../show/describe-pipeline.ts';
import { addressOf, describeRun, exactAddressOf } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs show <run>` */
export const command: CommandSpec = {
  summary: 'Show one run: what it waits for, what happened, what to type next.',
  args: [runArgument],
  examples: [
    { command: 'runs show latest', does: 'the newest run' },
    { command: 'runs show order-7@1', does: 'the first run under an id that was used again' },
  ],
  data: 'RunDetail',
  async run({ args, out, clock, connect, typed }) {
    const { client } = await connect({ definitions: true });
    const run = await client.showRun(args.required('run'));
    const tasks = run.kind === 'pipeline' && out.form === 'table' ? await tasksOf(client, run) : null;
    out.object(run, () => [
      ...describeRun(run, { out, now: clock.now(), typed, asked: args.required('run') }),
      ...(tasks === null
        ? []
        : ['', out.style('bold', 'Tasks'), ...describeGraphLines(tasks.graph, out, tasks.tasks)]),
    ]);
    if (tasks !== null) {
      const address = shellWord(addressOf(run, args.required('run')));
      for (const next of pipelineSuggestions(tasks, address)) out.note(`Next: ${typed(next)}`);
    }
    return 0;
  },
};

/** The tasks of a pipeline run; null where nobody has the code of its graph. */
async function tasksOf(client: Client, run: RunDetail): Promise<TasksView | null> {
  try {
    return await client.showTasks(exactAddressOf(run));
  } catch (error) {
    if (isTuttiError(error) && error.code === 'TUTTI_DEFINITION_NOT_FOUND') return null;
    throw error;
  }
}
