/**
 * How the cursors of a subscription are called, and with them its keyed state, its idempotency keys and its dead letters: by
 * the subscription's name for the live one, by name and replay for a side cursor. Neither part can hold the tilde.
 */
export function cursorNameOf(subscription: string, replay?: string): string {
  return replay === undefined ? subscription : `${subscription}~${replay}`;
}

/** The replay that a cursor's name says it belongs to; null for the live cursor. */
export function replayOf(cursorName: string): string | null {
  const tilde = cursorName.indexOf('~');
  return tilde < 0 ? null : cursorName.slice(tilde + 1);
}

/** The key of the cell of a cursor, in the space of all cursors. `redrive`: of the log of redriven dead letters. */
export function cursorKey(topic: string, cursorName: string, partition: number | 'redrive'): string {
  return `${topic}/${cursorName}/${partition}`;
}
