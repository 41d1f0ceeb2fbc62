import type { CommandSpec } from '../../command.ts';
import { formatRange, styledBackfill } from '../../show/describe-schedule.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti backfill list` */
export const command: CommandSpec = {
  summary: 'List backfills, newest first.',
  examples: [{ command: 'backfill list', does: 'how far each is' }],
  data: 'BackfillRecord[]',
  async run({ out, connect }) {
    const { client } = await connect({});
    const backfills = await client.listBackfills();
    out.list(backfills, () =>
      tableLines(
        out,
        ['BACKFILL', 'STATE', 'SCHEDULE', 'RANGE', 'ENDED', 'CREATED'],
        backfills.map((backfill) => {
          const { completed, failed, canceled } = backfill.ended;
          return [
            backfill.id,
            styledBackfill(backfill, out),
            backfill.schedule,
            formatRange(backfill),
            `${completed + failed + canceled}/${backfill.planned}`,
            formatInstant(backfill.createdAt),
          ];
        }),
      ),
    );
    if (backfills.length === 0) out.note('No backfills.');
    return 0;
  },
};
