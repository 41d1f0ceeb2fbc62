import { userInfo } from 'node:os';
import type { CommandSpec } from '../../command.ts';
import { describeBackfill } from '../../show/describe-schedule.ts';
import { backfillArgument } from '../../show/schedule-argument.ts';

/** `tutti backfill cancel <backfill>` */
export const command: CommandSpec = {
  summary: 'End a backfill: what was not let go is canceled, what is under way goes on.',
  args: [backfillArgument],
  options: [{ flags: '--reason <text>', summary: 'Why; recorded and shown. Default: that you did it.' }],
  examples: [{ command: 'backfill cancel 01k', does: 'the runs under way end by themselves' }],
  data: 'BackfillRecord',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const reason = args.text('reason') ?? `by ${userInfo().username} on the command line`;
    const backfill = await client.cancelBackfill(args.required('backfill'), reason);
    out.object(backfill, () => describeBackfill(backfill, out));
    return 0;
  },
};
