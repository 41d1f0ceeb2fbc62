import type { CommandSpec } from '../../command.ts';
import { describeConsumer } from '../../show/describe-topic.ts';
import { consumerArgument } from '../../show/topic-arguments.ts';

/** `tutti consumers pause <consumer>` */
export const command: CommandSpec = {
  summary: 'Let no handler of a subscription begin any more, on any worker.',
  args: [consumerArgument],
  examples: [{ command: 'consumers pause orders/review', does: 'events wait; nothing is lost' }],
  data: 'ConsumerView',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const consumer = await client.pauseConsumer(args.required('consumer'));
    out.object(consumer, () => describeConsumer(consumer, out));
    return 0;
  },
};
