import type { CommandSpec } from '../../command.ts';
import { describeBackfill } from '../../show/describe-schedule.ts';
import { backfillArgument } from '../../show/schedule-argument.ts';

/** `tutti backfill resume <backfill>` */
export const command: CommandSpec = {
  summary: 'Let the runs of a paused backfill go again.',
  args: [backfillArgument],
  examples: [{ command: 'backfill resume 01k', does: 'from where it stopped' }],
  data: 'BackfillRecord',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true });
    const backfill = await client.resumeBackfill(args.required('backfill'));
    out.object(backfill, () => describeBackfill(backfill, out));
    return 0;
  },
};
