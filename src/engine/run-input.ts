/**
 * What a run is started with, as text: its input and, in front of it, what triggered it, which events are to cancel it, and what the
 * run follows from that started it.
 *
 * All this rides on the input because it shares its fate: written once with the start, copied by a retry, read before the code
 * begins. It does not touch the input's schema, and costs nothing for a run that has none of it.
 */
import { decodeValue, encodeValue } from '../base/codec.ts';
import { splitCause, withCause } from './caused-text.ts';
import { causeOfEvent, type Cause } from './model/cause.ts';
import type { WantedEvent } from './model/event-wait.ts';
import type { RunTrigger } from './model/trigger.ts';

/** JSON text never starts with these, so an input with something in front cannot be mistaken for one without. */
const triggerMark = '~';
const cancelMark = '!';

/** What a run is started with. */
export interface RunInput {
  readonly input: unknown;
  /** Null for a run that was started by a plain request. */
  readonly trigger: RunTrigger | null;
  /** What the run follows from: the event that triggered it, or what the run that started it followed from. Else null. */
  readonly cause: Cause | null;
  /** Events that cancel the run, beside those that its definition names. */
  readonly cancelOn: readonly WantedEvent[];
}

const none: readonly WantedEvent[] = [];

/** The text of a run's input. `what` names the input in the error. @throws TUTTI_VALUE_NOT_STORABLE */
export function encodeRunInput(
  runInput: Pick<RunInput, 'input' | 'trigger'> & Partial<RunInput>,
  what: string,
): string {
  const { input, trigger, cause = null, cancelOn = none } = runInput;
  // An event that triggers is a cause by itself, and is not said twice.
  const isSaid = cause !== null && cause.eventId === trigger?.event?.id;
  const caused = withCause(encodeValue(input, what), isSaid ? null : cause);
  const text = withLine(cancelMark, cancelOn.length === 0 ? null : cancelOn, caused);
  return withLine(triggerMark, trigger, text);
}

/** What {@link encodeRunInput} wrote. @throws TUTTI_STORE_FAILED when the text was not written by it. */
export function decodeRunInput(stored: string): RunInput {
  // Written by `encodeRunInput` alone.
  const triggered = splitLine(triggerMark, stored);
  const canceled = splitLine(cancelMark, triggered.rest);
  const trigger = triggered.line as RunTrigger | null;
  const cancelOn = canceled.line as readonly WantedEvent[] | null;
  const { text, cause } = splitCause(canceled.rest);
  return { input: decodeValue(text), trigger, cause: cause ?? causeOf(trigger), cancelOn: cancelOn ?? none };
}

/** A text with a value in a line in front of it; null for none. A line break inside JSON is always escaped, so the first one ends it. */
function withLine(mark: string, value: unknown, text: string): string {
  return value === null ? text : `${mark}${encodeValue(value, 'what a run is started with')}\n${text}`;
}

function splitLine(mark: string, text: string): { readonly line: unknown; readonly rest: string } {
  if (!text.startsWith(mark)) return { line: null, rest: text };
  const end = text.indexOf('\n');
  return { line: decodeValue(text.slice(1, end)), rest: text.slice(end + 1) };
}

function causeOf(trigger: RunTrigger | null): Cause | null {
  return trigger?.event === undefined ? null : causeOfEvent(trigger.event);
}
