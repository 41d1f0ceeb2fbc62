/**
 * What a run is started with, as text: its input and, in front of it, what triggered it, or what the run follows from that started it.
 *
 * The trigger rides on the input because it shares its fate: written once with the start, copied by a retry, read before the code
 * begins. It does not touch the input's schema, and costs nothing for a run that nobody triggered.
 */
import { decodeValue, encodeValue } from '../base/codec.ts';
import { splitCause, withCause } from './caused-text.ts';
import { causeOfEvent, type Cause } from './model/cause.ts';
import type { RunTrigger } from './model/trigger.ts';

/** JSON text never starts with it, so an input with a trigger cannot be mistaken for one without. */
const mark = '~';

/** What a run is started with. */
export interface RunInput {
  readonly input: unknown;
  /** Null for a run that was started by a plain request. */
  readonly trigger: RunTrigger | null;
  /** What the run follows from: the event that triggered it, or what the run that started it followed from. Else null. */
  readonly cause: Cause | null;
}

/** The text of a run's input. `what` names the input in the error. @throws TUTTI_VALUE_NOT_STORABLE */
export function encodeRunInput(runInput: Omit<RunInput, 'cause'> & Partial<RunInput>, what: string): string {
  const { input, trigger, cause = null } = runInput;
  // An event that triggers is a cause by itself, and is not said twice.
  const isSaid = cause !== null && cause.eventId === trigger?.event?.id;
  const text = withCause(encodeValue(input, what), isSaid ? null : cause);
  // A line break inside JSON is always escaped, so the first one ends the trigger.
  return trigger === null ? text : `${mark}${encodeValue(trigger, 'the trigger of a run')}\n${text}`;
}

/** What {@link encodeRunInput} wrote. @throws TUTTI_STORE_FAILED when the text was not written by it. */
export function decodeRunInput(stored: string): RunInput {
  const end = stored.startsWith(mark) ? stored.indexOf('\n') : -1;
  // Written by `encodeRunInput` alone.
  const trigger = end === -1 ? null : (decodeValue(stored.slice(1, end)) as RunTrigger);
  const { text, cause } = splitCause(end === -1 ? stored : stored.slice(end + 1));
  return { input: decodeValue(text), trigger, cause: cause ?? causeOf(trigger) };
}

function causeOf(trigger: RunTrigger | null): Cause | null {
  return trigger?.event === undefined ? null : causeOfEvent(trigger.event);
}
