import type { CommandSpec } from '../../command.ts';
import { describeRedrive } from '../../show/describe-redrive.ts';

/** `tutti redrive show <id>` */
export const command: CommandSpec = {
  summary: 'Show a redrive: its progress, what failed again, what was left alone.',
  args: [{ name: 'id', summary: 'Id of the redrive, from redrive list.' }],
  options: [],
  examples: [{ command: 'redrive show 01m2k9x4c3', does: 'progress and audit' }],
  data: 'RedriveView',
  async run({ args, out, connect }) {
    const { client } = await connect({ definitions: true });
    const view = await client.showRedrive(args.required('id'));
    out.object(view, () => describeRedrive(view));
    return 0;
  },
};
