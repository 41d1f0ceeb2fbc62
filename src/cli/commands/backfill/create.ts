import type { BackfillOptions } from '../../../app/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import { readInput, readInteger } from '../../read-input.ts';
import { describeBackfill, formatPart } from '../../show/describe-schedule.ts';
import { scheduleArgument } from '../../show/schedule-argument.ts';
import { tableLines } from '../../show/table.ts';

const reprocesses: readonly NonNullable<BackfillOptions['reprocess']>[] = ['none', 'failed', 'completed'];

/** `tutti backfill create <schedule>` */
export const command: CommandSpec = {
  summary: "Run a schedule's definition for past dates, or make partitions of an asset.",
  description:
    'All runs are created at once and let go a few at a time. Dates that have a run already are skipped, with the reason, unless ' +
    '--reprocess says otherwise; a run that has not ended is never touched. The schedule itself stays where it is. An asset ' +
    'with partitions is filled under its name and needs no schedule: by a range where they are days or weeks, else by --partitions ' +
    'or --missing.',
  args: [
    scheduleArgument,
    { name: 'input', summary: 'JSON for every run. Default: what the schedule would give.', required: false },
  ],
  options: [
    { flags: '--from <date>', summary: "First date: a day of the schedule's calendar, or an instant." },
    { flags: '--to <date>', summary: 'Last date, included.' },
    { flags: '--partitions <keys>', summary: 'In place of a range: these partitions, with commas between.' },
    { flags: '--missing', summary: 'In place of a range: the partitions that were never made.' },
    {
      flags: '--reprocess <which>',
      summary: 'Also dates whose run failed, or completed too. Default none; with --missing failed.',
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
    { command: 'backfill create regions --partitions eu,us', does: 'two partitions of an asset' },
    { command: 'backfill create regions --missing', does: 'those that were never made' },
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
          dates.map((date) => [formatPart(date), wouldDo(date.plan), date.run]),
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
  const partitions = args.text('partitions')?.split(',');
  const missing = args.flag('missing') === true;
  const ways = [from !== undefined && to !== undefined, partitions !== undefined, missing].filter(Boolean);
  if (ways.length !== 1) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'A backfill needs to know what to fill; expected --from <date> and --to <date>, or --partitions <keys>, or --missing.',
    );
  }
  const input = await readInput(args, 'input');
  const concurrency = readInteger(args, 'concurrency', 1, 100);
  const reprocess = reprocesses.find((known) => known === args.text('reprocess'));
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(missing ? { missing } : {}),
    reverse: args.flag('reverse') === true,
    ...(reprocess === undefined ? {} : { reprocess }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(input === undefined ? {} : { input }),
  };
}
