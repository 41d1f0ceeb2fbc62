import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { readLetters } from '../../show/letters.ts';
import { consumerArgument, letterOptions } from '../../show/topic-arguments.ts';

/** `tutti dlq discard <consumer> [ids...]` */
export const command: CommandSpec = {
  summary: 'Forget dead letters for good: those named, those that match, or with --all every one.',
  args: [consumerArgument, { name: 'ids', summary: 'Ids from dlq list.', required: false, variadic: true }],
  options: [
    ...letterOptions,
    { flags: '--all', summary: 'Every dead letter of the subscription, or of the replay.' },
  ],
  examples: [{ command: 'dlq discard orders/review 0-000000000042', does: 'this one' }],
  data: '{ discarded: number }',
  async run({ args, out, connect }) {
    const letters = readLetters(args);
    const { replay: _, ...chosen } = letters;
    if (Object.keys(chosen).length === 0 && args.flag('all') !== true) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        'Nothing says which dead letters to discard; expected ids, --cause, --filter, or --all.',
      );
    }
    const { client } = await connect({ writes: true, definitions: true });
    const report = await client.discardDeadLetters(args.required('consumer'), letters);
    out.object(report, () => [`${report.discarded} discarded`]);
    return 0;
  },
};
