import type { DeadLetterRequest } from '../../app/index.ts';
import { parseJsonText } from '../../base/json-text.ts';
import type { Arguments } from '../command.ts';
import { readInteger } from '../read-input.ts';

/** Which dead letters the arguments and options choose. @throws TUTTI_JSON_MALFORMED, TUTTI_OPTION_INVALID */
export function readLetters(args: Arguments): DeadLetterRequest {
  const replay = args.text('replay');
  const ids = args.texts('ids');
  const cause = args.text('cause');
  const filter = args.text('filter');
  const limit = readInteger(args, 'limit', 1, 1_000_000_000);
  return {
    ...(replay === undefined ? {} : { replay }),
    ...(ids.length === 0 ? {} : { ids }),
    ...(cause === undefined ? {} : { cause }),
    ...(filter === undefined ? {} : { filter: parseJsonText(filter, 'The pattern of --filter') }),
    ...(limit === undefined ? {} : { limit }),
  };
}
