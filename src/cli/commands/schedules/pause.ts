import { userInfo } from 'node:os';
import type { CommandSpec } from '../../command.ts';
import { describeSchedule } from '../../show/describe-schedule.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';

/** `tutti schedules pause <schedule>` */
export const command: CommandSpec = {
  summary: 'Stop a schedule from firing until it is resumed.',
  args: [scheduleArgument],
  options: [{ flags: '--reason <text>', summary: 'Why; recorded and shown. Default: that you did it.' }],
  examples: [{ command: "schedules pause etl --reason 'source moves'", does: 'recorded with its reason' }],
  data: 'ScheduleView',
  async run({ args, out, clock, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const reason = args.text('reason') ?? `by ${userInfo().username} on the command line`;
    const schedule = await client.pauseSchedule(args.required('schedule'), reason);
    out.object(schedule, () => describeSchedule(schedule, out, clock.now()));
    return 0;
  },
};
