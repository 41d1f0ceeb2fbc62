import { userInfo } from 'node:os';
import { parseJsonText } from '../../../base/json-text.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { MarkRequest } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { addressOf, styledState } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

const states: readonly MarkRequest['state'][] = ['success', 'failed', 'skipped'];

/** `tutti pipeline mark <run> <state> <tasks...>` */
export const command: CommandSpec = {
  summary: 'Count tasks of a finished pipeline run as ended, and go on from there.',
  description:
    'Makes the next generation under the same id. The tasks are not run; what follows from them is. Clearing a task takes the decision back.',
  args: [
    runArgument,
    { name: 'state', summary: 'success, failed or skipped.' },
    { name: 'tasks', summary: 'Which tasks; see `pipeline clear`.', variadic: true },
  ],
  options: [
    { flags: '--value <json>', summary: 'What the tasks result in, for success. Default: nothing.' },
    {
      flags: '--cancel',
      summary: 'Cancel the run first if it has not ended; what is running right now begins again.',
    },
    { flags: '--by <name>', summary: 'Who decided. Default: the user of this terminal.' },
  ],
  examples: [{ command: 'pipeline mark latest success check', does: 'the check was done by hand' }],
  data: 'RunView of the new generation',
  async run({ args, out, connect, typed }) {
    const state = states.find((known) => known === args.required('state'));
    if (state === undefined) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        `The state is '${args.required('state')}'; expected one of ${states.join(', ')}.`,
      );
    }
    const value = args.text('value');
    const { client } = await connect({ writes: true, definitions: true });
    const run = await client.markTasks(args.required('run'), {
      select: args.texts('tasks'),
      state,
      by: args.text('by') ?? userInfo().username,
      cancelFirst: args.flag('cancel') === true,
      ...(value === undefined ? {} : { value: parseJsonText(value, 'The value of --value') }),
    });
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}  ${run.definition}`]);
    out.note(`Next: ${typed(`pipeline show ${shellWord(addressOf(run))} --watch`)}`);
    return 0;
  },
};
