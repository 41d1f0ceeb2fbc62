import type { CommandSpec } from '../../command.ts';
import { describeRedrive } from '../../show/describe-redrive.ts';

/** `tutti redrive stop <id>` */
export const command: CommandSpec = {
  summary: 'Stop a redrive; what it has redriven stays so.',
  args: [{ name: 'id', summary: 'Id of the redrive, from redrive list.' }],
  options: [],
  examples: [{ command: 'redrive stop 01m2k9x4c3', does: 'no more of it' }],
  data: 'RedriveView',
  async run({ args, out, connect }) {
    const { client } = await connect({ writes: true, definitions: true });
    const view = await client.stopRedrive(args.required('id'));
    out.object(view, () => describeRedrive(view));
    return 0;
  },
};
