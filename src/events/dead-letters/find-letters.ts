import type { CellRecord, Engine } from '../../engine/index.ts';
import { matchesPattern } from '../pattern/match-pattern.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import type { DeadLetter, DeadLetterQuery } from './dead-letter.ts';
import { deadLetterSpace } from './dead-letter-cells.ts';

/** Dead letters looked at by one read. */
const pageSize = 500;

/** A dead letter, and the cell that holds it. */
export interface FoundLetter {
  readonly letter: DeadLetter;
  readonly cell: CellRecord;
}

/** Whose dead letters, and behind which. */
export interface LetterPlace {
  readonly topic: string;
  readonly subscription: string;
  /** Only those behind this id. Default: from the first. */
  readonly after?: string;
}

/** The dead letters of a subscription that a query chooses, in the order of their ids. @throws TUTTI_PATTERN_INVALID */
export async function* findLetters(
  { store, payloads }: Engine,
  place: LetterPlace,
  query: DeadLetterQuery,
): AsyncGenerator<FoundLetter> {
  const { limit = Number.POSITIVE_INFINITY } = query;
  const isWanted = chooserOf(query);
  const { topic, subscription } = place;
  const space = deadLetterSpace({ topic, subscription, replay: query.replay });
  let found = 0;
  let after = place.after ?? '';
  for (;;) {
    const cells = await store.listCells(space, { after, limit: pageSize });
    for (const cell of cells) {
      after = cell.key;
      const letter = JSON.parse(payloads.textNow(cell.value) ?? 'null') as DeadLetter | null;
      if (letter === null || !isWanted(letter)) continue;
      if (found === limit) return;
      found += 1;
      yield { letter, cell };
    }
    if (cells.length < pageSize) return;
  }
}

function chooserOf({ ids, cause, filter }: DeadLetterQuery): (letter: DeadLetter) => boolean {
  const pattern = filter === undefined ? null : parsePattern(filter, 'The filter of dead letters');
  return (letter) =>
    (ids === undefined || ids.includes(letter.id)) &&
    (cause === undefined || letter.cause === cause) &&
    (pattern === null || matchesPattern(pattern, viewOf(letter)));
}

function viewOf(letter: DeadLetter): unknown {
  const { type, key, eventId: id } = letter;
  try {
    return { type, key, id, data: letter.isBinary ? null : JSON.parse(letter.data) };
  } catch {
    return { type, key, id };
  }
}
