import { TuttiError } from '../../../base/tutti-error.ts';
import type { ClearRequest } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { addressOf } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti pipeline clear <run> [tasks...]` */
export const command: CommandSpec = {
  summary: 'Do tasks of a finished pipeline run again, with everything after them.',
  description:
    'Makes the next generation under the same id; all other results stay. Tasks are selected as in dbt: x, x+ (with what follows), ' +
    '+x (with what it needs), @x (with what follows and all that that needs), tag:t, owner:o, parse[3]/one for one instance.',
  args: [runArgument, { name: 'tasks', summary: 'Which tasks.', required: false, variadic: true }],
  options: [
    { flags: '--failed', summary: 'All tasks that failed.' },
    { flags: '--only', summary: 'Keep the results of what follows.' },
    {
      flags: '--version <which>',
      summary: 'State of the graph to run with. Default latest.',
      values: ['latest', 'original'],
    },
    {
      flags: '--cancel',
      summary: 'Cancel the run first if it has not ended; what is running right now begins again.',
    },
    { flags: '--dry-run', summary: 'Only say what would be done again.' },
  ],
  examples: [
    { command: 'pipeline clear latest --failed', does: 'what failed, and what waited for it' },
    { command: 'pipeline clear latest load', does: 'the task load, or all tasks of the group load' },
    { command: 'pipeline clear latest load --cancel', does: 'in a run that is still under way' },
    { command: "pipeline clear latest 'parse[3]/one' --only", does: 'one instance, keeping what follows' },
  ],
  data: 'ClearView',
  async run({ args, out, connect, typed }) {
    const select = args.texts('tasks');
    if (select.length === 0 && args.flag('failed') !== true) {
      throw new TuttiError('TUTTI_ARGUMENT_INVALID', 'No task was named; expected tasks, or --failed.');
    }
    const version = args.text('version') as ClearRequest['version'];
    const { client } = await connect({ writes: true, definitions: true });
    const cleared = await client.clearTasks(args.required('run'), {
      select,
      failed: args.flag('failed') === true,
      only: args.flag('only') === true,
      isDryRun: args.flag('dryRun') === true,
      cancelFirst: args.flag('cancel') === true,
      ...(version === undefined ? {} : { version }),
    });
    out.object(cleared, () => cleared.tasks);
    const { run } = cleared;
    if (run === null)
      out.note(`${cleared.tasks.length} tasks, and what follows from them, would be done again.`);
    else out.note(`Next: ${typed(`pipeline show ${shellWord(addressOf(run))} --watch`)}`);
    return 0;
  },
};
