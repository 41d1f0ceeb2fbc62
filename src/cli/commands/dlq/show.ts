import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { formatInstant } from '../../show/format-time.ts';
import { consumerArgument, replayOption } from '../../show/topic-arguments.ts';

/** `tutti dlq show <consumer> <id>` */
export const command: CommandSpec = {
  summary: 'Show a dead letter: the event as it is stored, why it was given up, what to type.',
  args: [consumerArgument, { name: 'id', summary: 'Id of the dead letter, from dlq list.' }],
  options: [replayOption],
  examples: [{ command: 'dlq show orders/review 0-000000000042', does: 'data, error and cause' }],
  data: 'DeadLetter',
  async run({ args, out, typed, connect }) {
    const { client } = await connect({ definitions: true });
    const [consumer, id] = [args.required('consumer'), args.required('id')];
    const replay = args.text('replay');
    const ofReplay = replay === undefined ? {} : { replay };
    const [letter] = await client.listDeadLetters(consumer, { ids: [id], ...ofReplay });
    if (letter === undefined) {
      throw new TuttiError(
        'TUTTI_DEAD_LETTER_NOT_FOUND',
        `${replay === undefined ? '' : `Replay '${replay}' of `}consumer '${consumer}' has no dead letter '${id}'.`,
        { details: { consumer, id, ...ofReplay } },
      );
    }
    out.object(letter, () => [
      `${out.style('bold', letter.type)}  ${letter.eventId}${letter.key === null ? '' : `  key ${letter.key}`}`,
      ` place    ${letter.topic} ${letter.partition}:${letter.offset}, ${formatInstant(letter.time)}`,
      ...(letter.replay === undefined ? [] : [` by       the replay ${letter.replay}`]),
      ` given up ${formatInstant(letter.at)} after ${letter.attempts} ${letter.attempts === 1 ? 'try' : 'tries'}`,
      ` cause    ${letter.cause}`,
      ` error    ${letter.error}`,
      ` data     ${letter.isBinary ? `${letter.data} (bytes, base64)` : letter.data}`,
    ]);
    out.note(
      `Again: ${typed(`dlq redrive ${consumer} ${id}${replay === undefined ? '' : ` --replay ${replay}`}`)}`,
    );
    return 0;
  },
};
