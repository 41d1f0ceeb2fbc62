import type { CancelingEvent } from '../app/index.ts';
import { parseJsonText } from '../base/json-text.ts';
import { TuttiError } from '../base/tutti-error.ts';

/** Reads `topic/type`, or `topic/type=pattern` with the pattern as JSON. @throws TUTTI_ARGUMENT_INVALID, TUTTI_JSON_MALFORMED */
export function readCancelingEvent(text: string): CancelingEvent {
  const [, topic, event, where] = /^([^/=]+)\/([^=]+?)(?:=(.*))?$/s.exec(text) ?? [];
  if (topic === undefined || event === undefined) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      `--cancel-on is '${text}'; expected topic/type, or topic/type=pattern.`,
    );
  }
  if (where === undefined) return { topic, event };
  return { topic, event, where: parseJsonText(where, `The pattern of --cancel-on ${topic}/${event}`) };
}
