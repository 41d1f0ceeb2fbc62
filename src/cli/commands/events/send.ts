import type { EventRequest } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { readInput, readInteger } from '../../read-input.ts';
import { dataFileOption, eventArguments } from '../../show/topic-arguments.ts';

/** `tutti events send <topic> <type> [data]` */
export const command: CommandSpec = {
  summary: 'Publish an event; it is on disk when the command ends.',
  args: eventArguments,
  options: [
    dataFileOption,
    { flags: '--id <id>', summary: 'Under which a repeated event is recognised. Default: generated.' },
    { flags: '--key <key>', summary: "Replaces the topic's key." },
    { flags: '--priority <number>', summary: "From 0 to 9; replaces the topic's." },
    { flags: '--source <uri>', summary: 'Where it comes from. Default: tutti.' },
    { flags: '--subject <text>', summary: 'What it is about.' },
    { flags: '--at <instant>', summary: 'Deliver not before this instant, such as 2026-12-01T09:00:00Z.' },
    { flags: '--ttl <duration>', summary: 'After this long no longer delivered, such as 10m.' },
  ],
  examples: [
    {
      command: `events send orders order.placed '{"id":"o1","total":12}'`,
      does: 'checked by its schema first',
    },
    {
      command: 'events send orders order.placed -f order.json --id o1',
      does: 'twice is once, within the window',
    },
  ],
  data: 'Published',
  async run({ args, out, connect }) {
    const data = (await readInput(args, 'data')) ?? null;
    const { client } = await connect({ writes: true, definitions: true });
    const given = (['id', 'key', 'source', 'subject', 'at', 'ttl'] as const).map(
      (name) => [name, args.text(name)] as const,
    );
    const priority = readInteger(args, 'priority', 0, 9);
    const request = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const published = await client.publishEvent(args.required('topic'), {
      ...(request as Omit<EventRequest, 'type' | 'data'>),
      type: args.required('type'),
      data,
      ...(priority === undefined ? {} : { priority }),
    });
    const { topic, partition, offset, id, isDuplicate } = published;
    const place = offset === null ? 'delivered later' : `at ${partition}:${offset}`;
    out.object(published, () => [`${topic} ${place}  ${id}${isDuplicate ? '  was there before' : ''}`]);
    return 0;
  },
};
