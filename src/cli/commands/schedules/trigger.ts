import type { CommandSpec } from '../../command.ts';
import { readInput } from '../../read-input.ts';
import { addressOf, styledState } from '../../show/describe-run.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';

/** `tutti schedules trigger <schedule> [input]` */
export const command: CommandSpec = {
  summary: 'Start a run now, about the last interval or about this moment.',
  description: 'The schedule itself goes on as it would have.',
  args: [
    scheduleArgument,
    { name: 'input', summary: 'JSON. Default: what the schedule would give.', required: false },
  ],
  options: [
    { flags: '-f, --input-file <path>', summary: 'Read the input from a file; - is stdin.' },
    { flags: '--id <id>', summary: 'Id of the run. Default: made of the schedule and the time.' },
  ],
  examples: [{ command: `schedules trigger etl '{"limit":10}'`, does: 'with parameters' }],
  data: 'RunView',
  async run({ args, out, connect }) {
    const input = await readInput(args, 'input');
    const id = args.text('id');
    const { client } = await connect({ writes: true, definitions: true });
    const run = await client.triggerSchedule(args.required('schedule'), {
      ...(input === undefined ? {} : { input }),
      ...(id === undefined ? {} : { id }),
    });
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}`]);
    return 0;
  },
};
