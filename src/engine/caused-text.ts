/**
 * A cause in front of a stored text: of the input of a run that another run started, of a signal, of the end of a child.
 *
 * It rides on the text for the same reasons for which a trigger rides on an input (see run-input.ts): it is written, copied, journaled and
 * deleted with it, and costs nothing where there is none.
 */
import type { Cause } from './model/cause.ts';

/** JSON text never starts with it, nor does a text with a trigger in front. */
const mark = '^';
const markCode = mark.charCodeAt(0);

/** A text, and what it follows from. */
interface CausedText {
  readonly text: string;
  readonly cause: Cause | null;
}

/** Without its last part where there is none, as most causes have. */
type Parts = [correlationId: string, eventId: string | null, hops: number, traceparent?: string];

/** The text with its cause in front; null for none. */
export function withCause(text: string, cause: Cause | null): string {
  if (cause === null) return text;
  const { correlationId, eventId, hops, traceparent } = cause;
  const parts: Parts = [correlationId, eventId, hops];
  if (traceparent !== null) parts.push(traceparent);
  // A line break inside JSON is always escaped, so the first one ends the cause.
  return `${mark}${JSON.stringify(parts)}\n${text}`;
}

/** What {@link withCause} put together, or a text without a cause. */
export function splitCause(stored: string): CausedText {
  if (stored.charCodeAt(0) !== markCode) return { text: stored, cause: null };
  const end = stored.indexOf('\n');
  // Written by `withCause` alone.
  const [correlationId, eventId, hops, traceparent = null] = JSON.parse(stored.slice(1, end)) as Parts;
  return { text: stored.slice(end + 1), cause: { correlationId, eventId, hops, traceparent } };
}
