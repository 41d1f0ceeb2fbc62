import type { CommandSpec } from '../../command.ts';
import { describeSchedule } from '../../show/describe-schedule.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';

/** `tutti schedules show <schedule>` */
export const command: CommandSpec = {
  summary: 'Show a schedule: its rules, where it stands, and what it decided last.',
  args: [scheduleArgument],
  examples: [{ command: 'schedules show etl', does: 'why it did not fire, and when it will' }],
  data: 'ScheduleView',
  async run({ args, out, clock, connect }) {
    const { client } = await connect({ definitions: true });
    const schedule = await client.showSchedule(args.required('schedule'));
    out.object(schedule, () => describeSchedule(schedule, out, clock.now()));
    return 0;
  },
};
