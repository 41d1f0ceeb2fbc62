import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { dateRow, describeBackfill } from '../../show/describe-schedule.ts';
import { backfillArgument } from '../../show/schedule-argument.ts';
import { tableLines } from '../../show/table.ts';

const limitDefault = 100;

/** `tutti backfill show <backfill>` */
export const command: CommandSpec = {
  summary: 'Show how far a backfill is, and what became of each date.',
  args: [backfillArgument],
  options: [
    { flags: '--limit <count>', summary: `At most this many dates, up to 1000. Default ${limitDefault}.` },
    { flags: '--from <position>', summary: 'Dates from this position on. Default 0.' },
  ],
  examples: [{ command: 'backfill show 01k', does: 'by the beginning of its id' }],
  data: 'BackfillRecord with its dates as BackfillDateView[]',
  async run({ args, out, connect }) {
    const { client } = await connect({});
    const backfill = await client.showBackfill(args.required('backfill'));
    const dates = await client.listBackfillDates(backfill.id, {
      from: readInteger(args, 'from', 0, 10_000) ?? 0,
      limit: readInteger(args, 'limit', 1, 1_000) ?? limitDefault,
    });
    out.object({ ...backfill, dates }, () => [
      ...describeBackfill(backfill, out),
      '',
      ...tableLines(out, ['DATE', 'STATE', 'RUN'], dates.map(dateRow)),
    ]);
    return 0;
  },
};
