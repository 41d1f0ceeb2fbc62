import type { CommandSpec } from '../../command.ts';
import { describeTopic } from '../../show/describe-topic.ts';
import { topicArgument } from '../../show/topic-arguments.ts';

/** `tutti topics show <topic>` */
export const command: CommandSpec = {
  summary: 'Show a topic: its events, its rules, its partitions.',
  args: [topicArgument],
  examples: [{ command: 'topics show orders', does: 'offsets, sizes and who reads it' }],
  data: 'TopicView',
  async run({ args, out, connect }) {
    const { client } = await connect({ definitions: true });
    const topic = await client.showTopic(args.required('topic'));
    out.object(topic, () => describeTopic(topic, out));
    return 0;
  },
};
