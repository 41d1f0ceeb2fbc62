import type { CommandSpec } from '../../command.ts';
import { readLetters } from '../../show/letters.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';
import { consumerArgument, letterOptions } from '../../show/topic-arguments.ts';

/** `tutti dlq list [consumer]` */
export const command: CommandSpec = {
  summary: 'List what subscriptions gave up on: by cause, or one by one for a subscription.',
  args: [{ ...consumerArgument, required: false }],
  options: letterOptions,
  examples: [
    { command: 'dlq list', does: 'which cause, how often, since when' },
    { command: 'dlq list orders/review', does: 'each event, with its error' },
  ],
  data: 'DeadLetterGroup[] | DeadLetter[]',
  async run({ args, out, typed, connect }) {
    const { client } = await connect({ definitions: true });
    const consumer = args.text('consumer');
    if (consumer === undefined) {
      const groups = await client.groupDeadLetters();
      out.list(groups, () =>
        tableLines(
          out,
          ['CONSUMER', 'REPLAY', 'COUNT', 'FIRST', 'LAST', 'CAUSE'],
          groups.map(({ consumer: id, replay, count, since, until, cause }) => [
            id,
            replay ?? '',
            String(count),
            formatInstant(since),
            formatInstant(until),
            cause,
          ]),
        ),
      );
      const [first] = groups;
      if (first === undefined) out.note('No dead letters.');
      else {
        const ofReplay = first.replay === null ? '' : ` --replay ${first.replay}`;
        out.note(`Next: ${typed(`dlq show ${first.consumer} ${first.example}${ofReplay}`)}`);
      }
      return 0;
    }
    const letters = await client.listDeadLetters(consumer, readLetters(args));
    out.list(letters, () =>
      tableLines(
        out,
        ['ID', 'TYPE', 'KEY', 'GIVEN UP', 'TRIES', 'ERROR'],
        letters.map(({ id, type, key, at, attempts, error }) => [
          id,
          type,
          key ?? '',
          formatInstant(at),
          String(attempts),
          error,
        ]),
      ),
    );
    if (letters.length === 0) out.note('No dead letters.');
    return 0;
  },
};
