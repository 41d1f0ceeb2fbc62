import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { readLetters } from '../../show/letters.ts';
import { tableLines } from '../../show/table.ts';
import { consumerArgument, letterOptions } from '../../show/topic-arguments.ts';

/** `tutti dlq redrive <consumer> [ids...]` */
export const command: CommandSpec = {
  summary: 'Hand dead letters to their subscription again: those named, those that match, or all.',
  description:
    'Each is taken off the list and handed over in one commit, with its identity: nothing is redriven twice. ' +
    'What a replay gave up on is on a list of its own (--replay), and is redriven under its side cursor.',
  args: [
    consumerArgument,
    { name: 'ids', summary: 'Ids from dlq list. Default: all.', required: false, variadic: true },
  ],
  options: [
    ...letterOptions,
    { flags: '--dry-run', summary: 'Only say what would be redriven.' },
    { flags: '--rate <rate>', summary: 'By a durable job at this pace, such as 50/s. Default: all at once.' },
    { flags: '--redrives-max <count>', summary: 'For a job: leave what was redriven so often. Default 5.' },
    { flags: '--by <name>', summary: 'For a job: who asks, for the audit.' },
  ],
  examples: [
    { command: 'dlq redrive orders/review --cause TUTTI_STEP_TIMEOUT --dry-run', does: 'how many' },
    {
      command: `dlq redrive orders/review --filter '{"data":{"country":["DE"]}}'`,
      does: 'by what they hold',
    },
  ],
  data: 'RedriveReport',
  async run({ args, out, typed, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const [rate, by] = [args.text('rate'), args.text('by')];
    const redrivesMax = readInteger(args, 'redrivesMax', 1, 1_000_000);
    const dryRun = args.flag('dryRun') === true;
    const report = await client.redriveDeadLetters(args.required('consumer'), {
      ...readLetters(args),
      dryRun,
      ...(rate === undefined ? {} : { rate }),
      ...(redrivesMax === undefined ? {} : { redrivesMax }),
      ...(by === undefined ? {} : { by }),
    });
    const { matched, redriven, unreadable, causes, job } = report;
    const done = job === null ? `${redriven} of ${matched} redriven` : `${matched} to be redriven by ${job}`;
    out.object(report, () => [
      dryRun ? `${matched} would be redriven` : done,
      ...(unreadable === 0 ? [] : [`${unreadable} left: what is stored of them cannot be read`]),
      ...tableLines(
        out,
        ['COUNT', 'CAUSE'],
        Object.entries(causes).map(([cause, count]) => [String(count), cause]),
      ),
    ]);
    if (job !== null) out.note(`Progress: ${typed(`redrive show ${job}`)}`);
    return 0;
  },
};
