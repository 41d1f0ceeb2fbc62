import type { CommandSpec } from '../../command.ts';
import { describeConsumer } from '../../show/describe-topic.ts';
import { consumerArgument } from '../../show/topic-arguments.ts';

/** `tutti consumers lag <consumer>` */
export const command: CommandSpec = {
  summary:
    'Show a subscription per partition: position, lag in events and in age, what is parked, who reads it.',
  args: [consumerArgument],
  examples: [{ command: 'consumers lag orders/review', does: 'where it is stuck, and since when' }],
  data: 'ConsumerView',
  async run({ args, out, connect }) {
    const { client } = await connect({ definitions: true });
    const consumer = await client.showConsumer(args.required('consumer'));
    out.object(consumer, () => describeConsumer(consumer, out));
    return 0;
  },
};
