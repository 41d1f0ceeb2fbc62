/**
 * What a run is started with, as text: its input and, in front of it, what triggered it.
 *
 * The trigger rides on the input because it shares its fate: written once with the start, copied by a retry, read before the code
 * begins. It does not touch the input's schema, and costs nothing for a run that nobody triggered.
 */
import { decodeValue, encodeValue } from '../base/codec.ts';
import type { RunTrigger } from './model/trigger.ts';

/** JSON text never starts with it, so an input with a trigger cannot be mistaken for one without. */
const mark = '~';

/** What a run is started with. */
export interface RunInput {
  readonly input: unknown;
  /** Null for a run that was started by a plain request. */
  readonly trigger: RunTrigger | null;
}

/** The text of a run's input. `what` names the input in the error. @throws TUTTI_VALUE_NOT_STORABLE */
export function encodeRunInput(runInput: RunInput, what: string): string {
  const { input, trigger } = runInput;
  const text = encodeValue(input, what);
  // A line break inside JSON is always escaped, so the first one ends the trigger.
  return trigger === null ? text : `${mark}${encodeValue(trigger, 'the trigger of a run')}\n${text}`;
}

/** What {@link encodeRunInput} wrote. @throws TUTTI_STORE_FAILED when the text was not written by it. */
export function decodeRunInput(text: string): RunInput {
  if (!text.startsWith(mark)) return { input: decodeValue(text), trigger: null };
  const end = text.indexOf('\n');
  return {
    // Written by `encodeRunInput` alone.
    trigger: decodeValue(text.slice(1, end)) as RunTrigger,
    input: decodeValue(text.slice(end + 1)),
  };
}
