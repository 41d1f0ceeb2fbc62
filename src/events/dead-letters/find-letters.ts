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
  /** The query has a filter, and the letter's data is no JSON to look into: it counts as not matching, and is told all the same. */
  readonly isUnreadable: boolean;
}

/** Whose dead letters, and behind which. */
export interface LetterPlace {
  readonly topic: string;
  readonly subscription: string;
  /** Only those behind this id. Default: from the first. */
  readonly after?: string;
}

/**
 * The dead letters of a subscription that a query chooses, in the order of their ids; between them those that its filter cannot
 * judge, which do not count for its limit. @throws TUTTI_PATTERN_INVALID
 */
export async function* findLetters(
  { store, payloads }: Engine,
  place: LetterPlace,
  query: DeadLetterQuery,
): AsyncGenerator<FoundLetter> {
  const { limit = Number.POSITIVE_INFINITY } = query;
  const judge = judgeOf(query);
  const { topic, subscription } = place;
  const space = deadLetterSpace({ topic, subscription, replay: query.replay });
  let found = 0;
  let after = place.after ?? '';
  for (;;) {
    const cells = await store.listCells(space, { after, limit: pageSize });
    for (const cell of cells) {
      after = cell.key;
      const letter = JSON.parse(payloads.textNow(cell.value) ?? 'null') as DeadLetter | null;
      const verdict = letter === null ? 'other' : judge(letter);
      if (letter === null || verdict === 'other') continue;
      const isUnreadable = verdict === 'unreadable';
      if (!isUnreadable && found === limit) return;
      if (!isUnreadable) found += 1;
      yield { letter, cell, isUnreadable };
    }
    if (cells.length < pageSize) return;
  }
}

type Verdict = 'wanted' | 'other' | 'unreadable';

function judgeOf({ ids, cause, filter }: DeadLetterQuery): (letter: DeadLetter) => Verdict {
  const pattern = filter === undefined ? null : parsePattern(filter, 'The filter of dead letters');
  return (letter) => {
    if (ids !== undefined && !ids.includes(letter.id)) return 'other';
    if (cause !== undefined && letter.cause !== cause) return 'other';
    if (pattern === null) return 'wanted';
    const view = viewOf(letter);
    if (view === null) return 'unreadable';
    return matchesPattern(pattern, view) ? 'wanted' : 'other';
  };
}

/** What a filter looks at; null when the data cannot be looked into. */
function viewOf({ type, key, eventId: id, data, isBinary }: DeadLetter): unknown {
  if (isBinary) return null;
  try {
    return { type, key, id, data: JSON.parse(data) as unknown };
  } catch {
    return null;
  }
}
