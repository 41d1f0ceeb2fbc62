import type { CommandSpec } from '../../command.ts';
import { describeRun } from '../../show/describe-run.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs show <run>` */
export const command: CommandSpec = {
  summary: 'Show one run: what it waits for, what happened, what to type next.',
  args: [runArgument],
  examples: [
    { command: 'runs show latest', does: 'the newest run' },
    { command: 'runs show order-7@1', does: 'the first run under an id that was used again' },
  ],
  data: 'RunDetail',
  async run({ args, out, clock, connect, typed }) {
    const { client } = await connect({});
    const run = await client.showRun(args.required('run'));
    out.object(run, () => describeRun(run, { out, now: clock.now(), typed, asked: args.required('run') }));
    return 0;
  },
};
