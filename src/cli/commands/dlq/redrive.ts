import type { CommandSpec } from '../../command.ts';
import { readLetters } from '../../show/letters.ts';
import { tableLines } from '../../show/table.ts';
import { consumerArgument, letterOptions } from '../../show/topic-arguments.ts';

/** `tutti dlq redrive <consumer> [ids...]` */
export const command: CommandSpec = {
  summary: 'Hand dead letters to their subscription again: those named, those that match, or all.',
  description:
    'Each is taken off the list and handed over in one commit, with its identity: nothing is redriven twice.',
  args: [
    consumerArgument,
    { name: 'ids', summary: 'Ids from dlq list. Default: all.', required: false, variadic: true },
  ],
  options: [...letterOptions, { flags: '--dry-run', summary: 'Only say what would be redriven.' }],
  examples: [
    { command: 'dlq redrive orders/review --cause TUTTI_STEP_TIMEOUT --dry-run', does: 'how many' },
    {
      command: `dlq redrive orders/review --filter '{"data":{"country":["DE"]}}'`,
      does: 'by what they hold',
    },
  ],
  data: 'RedriveReport',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const dryRun = args.flag('dryRun') === true;
    const report = await client.redriveDeadLetters(args.required('consumer'), {
      ...readLetters(args),
      dryRun,
    });
    const { matched, redriven, causes } = report;
    out.object(report, () => [
      dryRun ? `${matched} would be redriven` : `${redriven} of ${matched} redriven`,
      ...tableLines(
        out,
        ['COUNT', 'CAUSE'],
        Object.entries(causes).map(([cause, count]) => [String(count), cause]),
      ),
    ]);
    return 0;
  },
};
