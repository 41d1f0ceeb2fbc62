import type { CommandSpec } from '../command.ts';
import { readInput } from '../read-input.ts';
import { addressOf, exactAddressOf } from '../show/describe-run.ts';
import { runArgument } from '../show/run-argument.ts';

/** `tutti signal <run> <name> [payload]` */
export const command: CommandSpec = {
  summary: 'Send a signal to a run.',
  description:
    'The signal is on disk when the command answers; a run that is not waiting for it yet will find it.',
  args: [
    runArgument,
    { name: 'name', summary: 'Name of the signal.' },
    { name: 'payload', summary: 'Its payload as JSON. Default: none.', required: false },
  ],
  options: [{ flags: '--input-file <path>', summary: 'Read the payload from a file; - is stdin.' }],
  examples: [
    { command: `signal order-7 paid '{"amount": 40}'`, does: 'with a payload' },
    { command: 'signal latest go', does: 'without' },
  ],
  data: '{ run, signal }',
  async run({ args, out, connect }) {
    const payload = await readInput(args, 'payload');
    const { client } = await connect({ writes: true, definitions: true });
    const found = await client.showRun(args.required('run'));
    const run = addressOf(found, args.required('run'));
    const signal = args.required('name');
    await client.sendSignal(exactAddressOf(found), signal, payload);
    out.object({ run, signal }, () => [`${run} has the signal "${signal}".`]);
    return 0;
  },
};
