import type { CommandSpec } from '../../command.ts';
import { describeConsumer } from '../../show/describe-topic.ts';
import { consumerArgument } from '../../show/topic-arguments.ts';

/** `tutti consumers resume <consumer>` */
export const command: CommandSpec = {
  summary: 'Let a paused subscription go on.',
  args: [consumerArgument],
  examples: [{ command: 'consumers resume orders/review', does: 'from where it stopped' }],
  data: 'ConsumerView',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const consumer = await client.resumeConsumer(args.required('consumer'));
    out.object(consumer, () => describeConsumer(consumer, out));
    return 0;
  },
};
