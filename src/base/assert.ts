import { TuttiError } from './tutti-error.ts';

/**
 * States what must hold if Tutti itself is correct. A failure is a bug in Tutti, never a user's mistake.
 *
 * @throws TUTTI_INTERNAL with the message when the condition is falsy.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new TuttiError('TUTTI_INTERNAL', message);
}
