import type { CommandSpec } from '../../command.ts';
import { addressOf, exactAddressOf, styledState } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs resume <run>` */
export const command: CommandSpec = {
  summary: 'Let a paused run go on.',
  args: [runArgument],
  examples: [{ command: 'runs resume order-7', does: 'continue after the reason for the pause is gone' }],
  data: 'RunDetail, as it is right afterwards',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const id = exactAddressOf(await client.showRun(args.required('run')));
    await client.resumeRun(id);
    const run = await client.showRun(id);
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}`]);
    return 0;
  },
};
