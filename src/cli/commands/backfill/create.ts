import type { BackfillOptions } from '../../../app/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import { readInput, readInteger } from '../../read-input.ts';
import { describeBackfill } from '../../show/describe-schedule.ts';
import { formatInstant } from '../../show/format-time.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';
import { tableLines } from '../../show/table.ts';

const reprocesses: readonly NonNullable<BackfillOptions['reprocess']>[] = ['none', 'failed', 'completed'];

/** `tutti backfill create <schedule>` */
export const command: CommandSpec = {
  summary: "Run a schedule's definition for a range of past dates.",
  description:
    'All runs are created at once and let go a few at a time. Dates that have a run already are skipped, with the reason, unless ' +
    '--reprocess says otherwise; a run that has not ended is never touched. The schedule itself stays where it is. An asset ' +
    'with partitions by days or weeks is filled under its name; it needs no schedule.',
  args: [
    scheduleArgument,
    { name: 'input', summary: 'JSON for every run. Default: what the schedule would give.', required: false },
  ],
  options: [
    { flags: '--from <date>', summary: "First date: a day of the schedule's calendar, or an instant." },
    { flags: '--to <date>', summary: 'Last date, included.' },
    {
      flags: '--reprocess <which>',
      summary: 'Also dates whose run failed, or completed too. Default none.',
      values: reprocesses,
    },
    { flags: '--reverse', summary: 'The latest date first.' },
    { flags: '--concurrency <count>', summary: 'Runs under way at a time. Default 1.' },
    { flags: '--dry-run', summary: 'List the dates and what would be done; create nothing.' },
    { flags: '-f, --input-file <path>', summary: 'Read the input from a file; - is stdin.' },
  ],
  examples: [
    { command: 'backfill create etl --from 2026-01-01 --to 2026-01-31 --dry-run', does: 'what it would do' },
    {
      command: 'backfill create etl --from 2026-01-01 --to 2026-01-31 --reprocess failed --concurrency 4',
      does: 'a month, four days at a time, failed days again',
    },
  ],
  data: 'BackfillRecord; with --dry-run PlannedDate[]',
  async run({ args, out, connect, typed }) {
    const options = await readOptions(args);
    const schedule = args.required('schedule');
    const isDry = args.flag('dryRun') === true;
    const { client } = await connect({ writes: !isDry, definitions: true });
    if (isDry) {
      const dates = await client.planBackfill(schedule, options);
      out.list(dates, () =>
        tableLines(
          out,
          ['DATE', 'WOULD', 'RUN'],
          dates.map(({ logicalAt, plan, run }) => [formatInstant(logicalAt), wouldDo(plan), run]),
        ),
      );
      out.note('Nothing was created.');
      return 0;
    }
    const backfill = await client.createBackfill(schedule, options);
    out.object(backfill, () => describeBackfill(backfill, out));
    out.note(`Watch it: ${typed(`backfill show ${backfill.id}`)}`);
    return 0;
  },
};

function wouldDo(plan: string): string {
  return plan === 'start' || plan === 'restart' ? plan : `skip: ${plan}`;
}

async function readOptions(args: Arguments): Promise<BackfillOptions> {
  const from = args.text('from');
  const to = args.text('to');
  if (from === undefined || to === undefined) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'A backfill needs a range; expected --from <date> and --to <date>.',
    );
  }
  const input = await readInput(args, 'input');
  const concurrency = readInteger(args, 'concurrency', 1, 100);
  const reprocess = reprocesses.find((known) => known === args.text('reprocess'));
  return {
    from,
    to,
    reverse: args.flag('reverse') === true,
    ...(reprocess === undefined ? {} : { reprocess }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(input === undefined ? {} : { input }),
  };
}
