import type { CommandSpec } from '../../command.ts';
import { readInput } from '../../read-input.ts';
import { tableLines } from '../../show/table.ts';
import { dataFileOption, eventArguments } from '../../show/topic-arguments.ts';

/** `tutti events explain <topic> <type> [data]` */
export const command: CommandSpec = {
  summary: 'Say which subscriptions an event would reach, and for the others the first clause that fails.',
  description: 'Nothing is published. Conditions in code (`where`) are not asked.',
  args: eventArguments,
  options: [dataFileOption],
  examples: [
    {
      command: `events explain orders order.placed '{"id":"o1","total":12}'`,
      does: 'why it was not flagged',
    },
  ],
  data: 'Record<string, Explanation>',
  async run({ args, out, connect }) {
    const data = (await readInput(args, 'data')) ?? null;
    const { client } = await connect({ definitions: true });
    const type = args.required('type');
    const explained = await client.explainEvent(args.required('topic'), { type, data });
    const rows = Object.entries(explained).map(([name, one]) => [
      name,
      one.matches ? out.style('green', 'reached') : out.style('dim', 'not'),
      one.matches ? '' : one.reason,
    ]);
    out.object(explained, () => tableLines(out, ['SUBSCRIPTION', '', 'WHY'], rows));
    if (rows.length === 0) out.note('The topic has no subscriptions.');
    return 0;
  },
};
