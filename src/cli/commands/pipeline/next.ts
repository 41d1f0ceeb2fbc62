import type { Client } from '../../../app/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { formatInterval } from '../../show/describe-schedule.ts';
import { formatInstant, formatRelative } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

const countDefault = 5;

/** `tutti pipeline next <name>` */
export const command: CommandSpec = {
  summary: 'List when a pipeline starts next, over all of its schedules, in UTC.',
  description:
    'As if none of them were paused. A condition over assets starts runs, too; when, nobody knows.',
  args: [{ name: 'name', summary: 'Name of the pipeline.' }],
  options: [{ flags: '-n, --count <count>', summary: `How many, up to 1000. Default ${countDefault}.` }],
  examples: [{ command: 'pipeline next daily-sales', does: 'the next five runs' }],
  data: '(PlannedRun & { schedule: string })[]',
  async run({ args, out, clock, connect }) {
    const { client } = await connect({ definitions: true });
    const count = readInteger(args, 'count', 1, 1_000) ?? countDefault;
    const schedules = await schedulesOf(client, args.required('name'));
    const planned = await Promise.all(
      schedules.map(async (schedule) => {
        const runs = await client.nextScheduledRuns(schedule, { count });
        return runs.map((run) => ({ schedule, ...run }));
      }),
    );
    const runs = planned
      .flat()
      .toSorted((a, b) => a.at - b.at)
      .slice(0, count);
    const now = clock.now();
    out.list(runs, () =>
      tableLines(
        out,
        ['STARTS', '', 'ABOUT', 'SCHEDULE'],
        runs.map(({ at, interval, schedule }) => [
          formatInstant(at),
          formatRelative(at, now),
          formatInterval(interval),
          schedule,
        ]),
      ),
    );
    if (runs.length === 0) out.note('It never starts by the clock again.');
    return 0;
  },
};

/** Ids of the pipeline's schedules. @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_SCHEDULE_NOT_FOUND if it has none. */
async function schedulesOf(client: Client, definition: string): Promise<readonly string[]> {
  const ids = (await client.listSchedules()).flatMap((schedule) =>
    schedule.definition === definition ? [schedule.id] : [],
  );
  if (ids.length > 0) return ids;
  const { pipeline: name } = await client.showGraph(definition);
  throw new TuttiError(
    'TUTTI_SCHEDULE_NOT_FOUND',
    `'${name}' has no schedule; expected one in its option \`schedule\`. Until then its runs are started by hand.`,
    { details: { definition: name } },
  );
}
