import { userInfo } from 'node:os';
import type { CommandSpec } from '../../command.ts';
import { addressOf, exactAddressOf, styledState } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs pause <run>` */
export const command: CommandSpec = {
  summary: 'Stop a run between steps until it is resumed.',
  args: [runArgument],
  options: [{ flags: '--reason <text>', summary: 'Why; recorded and shown. Default: that you did it.' }],
  examples: [{ command: "runs pause order-7 --reason 'customer called'", does: 'recorded with its reason' }],
  data: 'RunDetail, as it is right afterwards',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const id = exactAddressOf(await client.showRun(args.required('run')));
    await client.pauseRun(id, args.text('reason') ?? `by ${userInfo().username} on the command line`);
    const run = await client.showRun(id);
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}`]);
    out.note(`${addressOf(run)} was asked to pause; the request is on disk.`);
    return 0;
  },
};
