import type { CommandSpec } from '../../command.ts';
import { describeSchedule } from '../../show/describe-schedule.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';

/** `tutti schedules resume <schedule>` */
export const command: CommandSpec = {
  summary: 'Let a paused schedule fire again.',
  description: 'What it missed meanwhile is subject to its catch-up policy: none, the latest, or all.',
  args: [scheduleArgument],
  examples: [{ command: 'schedules resume etl', does: 'shows when it fires next' }],
  data: 'ScheduleView',
  async run({ args, out, clock, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const schedule = await client.resumeSchedule(args.required('schedule'));
    out.object(schedule, () => describeSchedule(schedule, out, clock.now()));
    return 0;
  },
};
