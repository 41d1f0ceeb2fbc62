import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { formatInterval } from '../../show/describe-schedule.ts';
import { formatInstant, formatRelative } from '../../show/format-time.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';
import { tableLines } from '../../show/table.ts';

const countDefault = 5;

/** `tutti schedules next <schedule>` */
export const command: CommandSpec = {
  summary: 'List the next runs of a schedule, in UTC, as if it were not paused.',
  args: [scheduleArgument],
  options: [{ flags: '-n, --count <count>', summary: `How many, up to 1000. Default ${countDefault}.` }],
  examples: [{ command: 'schedules next etl -n 10', does: 'also over the next change of the clocks' }],
  data: 'PlannedRun[]',
  async run({ args, out, clock, connect }) {
    const { client } = await connect({ definitions: true });
    const count = readInteger(args, 'count', 1, 1_000) ?? countDefault;
    const runs = await client.nextScheduledRuns(args.required('schedule'), { count });
    const now = clock.now();
    out.list(runs, () =>
      tableLines(
        out,
        ['STARTS', '', 'ABOUT'],
        runs.map((run) => [formatInstant(run.at), formatRelative(run.at, now), formatInterval(run.interval)]),
      ),
    );
    if (runs.length === 0) out.note('It never fires again.');
    return 0;
  },
};
