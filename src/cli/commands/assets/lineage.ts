import type { CommandSpec } from '../../command.ts';
import { runArgument } from '../../show/run-argument.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti assets lineage <run>` */
export const command: CommandSpec = {
  summary: 'Show what a run read and made, as OpenLineage events.',
  args: [runArgument],
  examples: [
    { command: 'assets lineage latest -o jsonl', does: 'one event per line, for a lineage service' },
  ],
  data: 'LineageEvent[]',
  async run({ args, out, connect }) {
    const { client } = await connect({ definitions: true });
    const events = await client.readLineage(args.required('run'));
    out.list(events, () =>
      tableLines(
        out,
        ['EVENT', 'AT', 'JOB', 'INPUTS', 'OUTPUTS'],
        events.map(({ eventType, eventTime, job, inputs, outputs }) => [
          eventType,
          eventTime,
          job.name,
          inputs.map(({ name }) => name).join(', '),
          outputs.map(({ name }) => name).join(', '),
        ]),
      ),
    );
    if (events.length === 0) out.note('The run has not begun.');
    return 0;
  },
};
