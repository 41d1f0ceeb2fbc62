import type { ReplayView } from '../../../events/index.ts';
import type { CommandSpec } from '../../command.ts';
import { formatLag, styledConsumer } from '../../show/describe-topic.ts';
import { tableLines } from '../../show/table.ts';

function replayText({ as, left, deadLetters }: ReplayView): string {
  return `${as} ${left}${deadLetters === 0 ? '' : ` (${deadLetters} dead)`}`;
}

/** `tutti consumers list` */
export const command: CommandSpec = {
  summary: 'List the subscriptions: what each does, whether somebody reads it, and how far behind it is.',
  examples: [{ command: 'consumers list', does: 'lag in events and in age' }],
  data: 'ConsumerView[]',
  async run({ out, typed, connect }) {
    const { client } = await connect({ definitions: true });
    const consumers = await client.listConsumers();
    out.list(consumers, () =>
      tableLines(
        out,
        ['CONSUMER', 'STATE', 'LAG', 'PARKED', 'DEAD', 'REPLAYS', 'DOES'],
        consumers.map((consumer) => [
          consumer.id,
          styledConsumer(consumer, out),
          formatLag(consumer.lag, consumer.lagMs),
          String(consumer.parked),
          String(consumer.deadLetters),
          consumer.replays.map(replayText).join(', '),
          consumer.reaction,
        ]),
      ),
    );
    if (consumers.length === 0) out.note('No subscriptions.');
    for (const { id, pausedBecause } of consumers) {
      if (pausedBecause === null) continue;
      out.note(`${id} is paused because ${pausedBecause}. Again: ${typed(`consumers resume ${id}`)}`);
    }
    return 0;
  },
};
