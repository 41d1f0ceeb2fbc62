import { userInfo } from 'node:os';
import type { CommandSpec } from '../../command.ts';
import { addressOf, exactAddressOf, styledState } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs cancel <run>` */
export const command: CommandSpec = {
  summary: 'Ask a run to cancel; it may clean up first.',
  args: [runArgument],
  options: [{ flags: '--reason <text>', summary: 'Why; recorded and shown. Default: that you did it.' }],
  examples: [{ command: "runs cancel order-7 --reason 'customer called'", does: 'recorded with its reason' }],
  data: 'RunDetail, as it is right afterwards',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const id = exactAddressOf(await client.showRun(args.required('run')));
    await client.cancelRun(id, args.text('reason') ?? `by ${userInfo().username} on the command line`);
    const run = await client.showRun(id);
    out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}`]);
    out.note(`${addressOf(run)} was asked to cancel; the request is on disk.`);
    return 0;
  },
};
