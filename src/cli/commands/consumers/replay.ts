import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { consumerArgument } from '../../show/topic-arguments.ts';

/** `tutti consumers replay <consumer> --from --to --as` */
export const command: CommandSpec = {
  summary: 'Handle a range of events once more under a side cursor; the live position is not touched.',
  args: [consumerArgument],
  options: [
    { flags: '--from <position>', summary: 'oldest, tip, an offset, or an instant.' },
    { flags: '--to <position>', summary: 'The same, exclusive. Default: the end as it is now.' },
    { flags: '--as <name>', summary: 'Name of the side cursor.' },
  ],
  examples: [{ command: 'consumers replay orders/review --from oldest --as again', does: 'all once more' }],
  data: 'ConsumerView',
  async run({ args, out, typed, connect }) {
    const [from, to, as] = [args.text('from'), args.text('to'), args.text('as')];
    if (from === undefined || as === undefined) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        'A replay needs --from and --as; one of them is missing.',
      );
    }
    const { client } = await connect({ writes: true, definitions: true });
    const range = { from, as, ...(to === undefined ? {} : { to }) };
    const view = await client.replayConsumer(args.required('consumer'), range);
    const left = view.replays.find((replay) => replay.as === as)?.left ?? 0;
    out.object(view, () => [`${view.id} is replayed as ${as}, ${left} left`]);
    out.note(`Progress: ${typed('consumers list')}`);
    return 0;
  },
};
