import type { CommandSpec } from '../../command.ts';
import { compact } from '../../output.ts';
import { readInteger } from '../../read-input.ts';
import { eventLine } from '../../show/describe-topic.ts';
import { topicArgument } from '../../show/topic-arguments.ts';

/** How often new events are looked for. Milliseconds. */
const lookEveryMs = 250;

/** `tutti events tail <topic>` */
export const command: CommandSpec = {
  summary: 'Print the events of a topic as they are published, until it is stopped.',
  description: 'Position, type, key and data; then the event that led to it, and the chain it belongs to.',
  args: [topicArgument],
  options: [
    { flags: '--from <position>', summary: 'tip, oldest, an offset, or an instant. Default tip.' },
    { flags: '-t, --type <type...>', summary: 'Only events of these types.' },
    { flags: '-n, --count <count>', summary: 'End after so many events.' },
  ],
  examples: [
    { command: 'events tail orders', does: 'new ones, until Ctrl-C' },
    { command: 'events tail orders --from oldest -n 10 -o jsonl', does: 'the first ten, one a line' },
  ],
  data: 'PublishedEvent',
  forms: ['table', 'jsonl'],
  async run({ args, out, clock, connect, stopSignal }) {
    const { client } = await connect({ definitions: true });
    const topic = args.required('topic');
    const types = args.texts('type');
    let left = readInteger(args, 'count', 1, 1_000_000_000) ?? Number.POSITIVE_INFINITY;
    const { partitions } = await client.showTopic(topic);
    const positions = new Map<number, string>();
    for (const { partition } of partitions) {
      const from = args.text('from') ?? 'tip';
      // The tip is where it is now, not where it will be at the first look.
      const { next } = await client.readEvents(topic, {
        partition,
        from: from === 'tip' ? 'tip' : from,
        limit: 0,
      });
      positions.set(partition, String(next));
    }
    while (!stopSignal.aborted && left > 0) {
      let found = 0;
      for (const [partition, from] of positions) {
        const limit = Math.min(left, 100);
        if (limit <= 0) break;
        const page = await client.readEvents(topic, {
          partition,
          from,
          limit,
          ...(types.length === 0 ? {} : { types }),
        });
        positions.set(partition, String(page.next));
        for (const event of page.events)
          out.line(out.form === 'table' ? eventLine(event, out) : compact(event));
        for (const { offset, reason } of page.unreadable) out.note(`${partition}:${offset} ${reason}`);
        found += page.events.length;
        left -= page.events.length;
      }
      if (found === 0) await pause(clock, stopSignal);
    }
    return 0;
  },
};

function pause(clock: Parameters<CommandSpec['run']>[0]['clock'], stopSignal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(lookEveryMs, () => {
      stopSignal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      timer.cancel();
      resolve();
    };
    stopSignal.addEventListener('abort', stop, { once: true });
  });
}
