import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { addressOf, styledState } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs retry <run>` */
export const command: CommandSpec = {
  summary: 'Run a failed or canceled run again, with its finished steps kept.',
  description:
    'Makes the next generation under the same id. Once compensations have run, everything begins anew.',
  args: [runArgument],
  options: [{ flags: '--from-start', summary: 'Keep nothing: begin anew.' }],
  examples: [
    { command: 'runs retry order-7', does: 'go on from the step that failed' },
    { command: 'runs retry order-7 --from-start', does: 'begin anew' },
  ],
  data: 'RunView of the new generation',
  async run({ args, out, connect, typed }) {
    const { client } = await connect({ writes: true, definitions: true });
    const run = await client.retryRun(args.required('run'), { fromStart: args.flag('fromStart') === true });
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}  ${run.definition}`]);
    out.note(`Next: ${typed(`runs watch ${shellWord(addressOf(run))}`)}`);
    return 0;
  },
};
