import type { CommandSpec } from '../../command.ts';
import { stateOf } from '../../show/describe-schedule.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti schedules list` */
export const command: CommandSpec = {
  summary: 'List the schedules and when each fires next.',
  examples: [{ command: 'schedules list', does: 'every schedule, with its next run in UTC' }],
  data: 'ScheduleView[]',
  async run({ out, connect }) {
    const { client } = await connect({ definitions: true });
    const schedules = await client.listSchedules();
    out.list(schedules, () =>
      tableLines(
        out,
        ['SCHEDULE', 'STATE', 'NEXT RUN', 'LAST', 'TICKS'],
        schedules.map((schedule) => [
          schedule.id,
          stateOf(schedule, out),
          schedule.next === null ? '' : formatInstant(schedule.next.at),
          schedule.last?.outcome ?? '',
          schedule.timetable,
        ]),
      ),
    );
    if (schedules.length === 0) out.note('No schedules.');
    return 0;
  },
};
