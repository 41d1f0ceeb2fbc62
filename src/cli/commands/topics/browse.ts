import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { readPosition } from '../../read-position.ts';
import { eventLine } from '../../show/describe-topic.ts';
import { topicArgument } from '../../show/topic-arguments.ts';

/** `tutti topics browse <topic>` */
export const command: CommandSpec = {
  summary: 'Read events of one partition in order.',
  args: [topicArgument],
  options: [
    { flags: '-p, --partition <number>', summary: 'Default 0.' },
    {
      flags: '--from <position>',
      summary: 'oldest, tip, an offset, an instant, or a duration: so long ago. Default oldest.',
    },
    { flags: '-n, --count <count>', summary: 'How many, up to 1000. Default 20.' },
    { flags: '-t, --type <type...>', summary: 'Only events of these types.' },
  ],
  examples: [{ command: 'topics browse orders --from 2026-01-31T12:00:00Z', does: 'what came since then' }],
  data: 'PublishedEvent[]',
  async run({ args, out, clock, typed, connect }) {
    const partition = readInteger(args, 'partition', 0, 1_000_000) ?? 0;
    const limit = readInteger(args, 'count', 1, 1_000) ?? 20;
    const from = readPosition(args, 'from', clock) ?? 'oldest';
    const types = args.texts('type');
    const { client } = await connect({ definitions: true });
    const topic = args.required('topic');
    const page = await client.readEvents(topic, {
      partition,
      from,
      limit,
      ...(types.length === 0 ? {} : { types }),
    });
    out.list(page.events, () => page.events.map((event) => eventLine(event, out)));
    for (const { offset, reason } of page.unreadable) out.note(`${partition}:${offset} ${reason}`);
    if (page.events.length === limit) {
      out.note(`More: ${typed(`topics browse ${topic} -p ${partition} --from ${page.next}`)}`);
    } else if (page.events.length === 0) out.note('Nothing there.');
    return 0;
  },
};
