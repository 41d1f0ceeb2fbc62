import type { CommandSpec } from '../../command.ts';
import { formatBytes, formatRate } from '../../show/describe-topic.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti topics list` */
export const command: CommandSpec = {
  summary: 'List the topics: how much each holds, and how fast it grows.',
  examples: [{ command: 'topics list', does: 'with events per second over the last minute' }],
  data: 'TopicView[]',
  async run({ out, connect }) {
    const { client } = await connect({ definitions: true });
    const topics = await client.listTopics();
    out.list(topics, () =>
      tableLines(
        out,
        ['TOPIC', 'EVENTS', 'SIZE', 'RATE', 'PARTITIONS', 'READ BY'],
        topics.map((topic) => [
          topic.name,
          String(topic.count),
          formatBytes(topic.bytes),
          formatRate(topic.perSecond),
          String(topic.partitions.length),
          topic.subscriptions.join(', '),
        ]),
      ),
    );
    if (topics.length === 0) out.note('No topics.');
    return 0;
  },
};
