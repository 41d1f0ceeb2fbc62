import { TuttiError } from '../base/tutti-error.ts';
import type { StandardSchema } from '../base/standard-schema.ts';

/** A typed message to one run. */
export interface SignalDefinition<P> {
  readonly type: 'signal';
  readonly name: string;
  readonly schema: StandardSchema<unknown, P> | undefined;
}

/**
 * Declares a signal: a named message to one run, awaited there with `ctx.waitFor`.
 *
 * @param name Unique within the workflows that wait for it.
 * @param schema Standard Schema of its payload, checked before the signal is accepted. Default: anything storable.
 * @throws TUTTI_DEFINITION_INVALID if the name is empty.
 */
export function signal<P = unknown>(name: string, schema?: StandardSchema<unknown, P>): SignalDefinition<P> {
  if (name.trim() === '') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      'A signal was declared with an empty name; expected a name such as "approved".',
    );
  }
  return { type: 'signal', name, schema };
}
