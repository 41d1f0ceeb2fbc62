import { userInfo } from 'node:os';
import type { CommandSpec } from '../../command.ts';
import { describeBackfill } from '../../show/describe-schedule.ts';
import { backfillArgument } from '../../show/schedule-argument.ts';

/** `tutti backfill pause <backfill>` */
export const command: CommandSpec = {
  summary: 'Let no more runs of a backfill go; those under way go on.',
  args: [backfillArgument],
  options: [{ flags: '--reason <text>', summary: 'Why; recorded and shown. Default: that you did it.' }],
  examples: [{ command: 'backfill pause 01k', does: 'until it is resumed' }],
  data: 'BackfillRecord',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const reason = args.text('reason') ?? `by ${userInfo().username} on the command line`;
    const backfill = await client.pauseBackfill(args.required('backfill'), reason);
    out.object(backfill, () => describeBackfill(backfill, out));
    return 0;
  },
};
