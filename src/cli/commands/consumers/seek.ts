import type { CommandSpec } from '../../command.ts';
import { tableLines } from '../../show/table.ts';
import { consumerArgument } from '../../show/topic-arguments.ts';

/** `tutti consumers seek <consumer> <to>` */
export const command: CommandSpec = {
  summary: 'Move the position of a subscription: what lies between is handled again, or skipped.',
  description: 'Events that wait for another try are dropped. --dry-run says what would be done.',
  args: [
    consumerArgument,
    { name: 'to', summary: 'oldest, tip, an offset, or an instant such as 2026-01-31T12:00:00Z.' },
  ],
  options: [{ flags: '--dry-run', summary: 'Only say what would be done.' }],
  examples: [
    { command: 'consumers seek orders/review oldest --dry-run', does: 'how many would be handled again' },
    { command: 'consumers seek orders/review 2026-01-31T12:00:00Z', does: 'once more from then on' },
  ],
  data: 'SeekReport[]',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const dryRun = args.flag('dryRun') === true;
    const reports = await client.seekConsumer(args.required('consumer'), args.required('to'), { dryRun });
    out.list(reports, () =>
      tableLines(
        out,
        ['PARTITION', 'FROM', 'TO', '', 'PARKED DROPPED'],
        reports.map(({ partition, from, to, parkedDropped }) => [
          String(partition),
          String(from),
          String(to),
          to < from ? `${from - to} again` : to > from ? `${to - from} skipped` : 'stays',
          String(parkedDropped),
        ]),
      ),
    );
    if (dryRun) out.note('Nothing was moved.');
    return 0;
  },
};
