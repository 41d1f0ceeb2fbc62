import { validateSync } from '../../base/standard-schema.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { ruleOf } from './compatibility.ts';
import type { EventDefinition } from './event.ts';
import type { TopicSettings } from './topic-settings.ts';

/** Whose code is to understand the data. */
export interface DataReader {
  /** Undefined for a type that the topic does not declare: its data is taken as it is. */
  readonly definition: EventDefinition | undefined;
  readonly settings: Pick<TopicSettings, 'compatibility'>;
}

/**
 * Data of one version as the code at hand understands it. Of the code's own version it is as it was written: it was checked then.
 * Older data goes through the upcasters from its version on, and is checked by the schema. Newer data is taken only where the
 * compatibility promises that older code can read it, and if the schema takes it.
 *
 * @throws TUTTI_EVENT_TOO_NEW for data of a newer version, TUTTI_INPUT_INVALID when the schema does not take it,
 *   TUTTI_DEFINITION_INVALID when the schema can only check asynchronously; whatever an upcaster throws.
 */
export function bringUpToDate(data: unknown, written: number, { definition, settings }: DataReader): unknown {
  if (definition === undefined || written === definition.version) return data;
  const { version, schema } = definition;
  const { isReadByOlder } = ruleOf(definition.compatibility ?? settings.compatibility);
  if (written > version && !isReadByOlder) {
    throw new TuttiError(
      'TUTTI_EVENT_TOO_NEW',
      `it was written as version ${written}, and this code knows version ${version}`,
    );
  }
  const current = upcast(data, written, definition);
  if (schema === undefined) return current;
  return validateSync(schema, current, `its data of version ${written}, read as version ${version},`);
}

/** Data of an older version, through the upcasters from there on. */
export function upcast(
  data: unknown,
  written: number,
  { version, upcasters }: Pick<EventDefinition, 'version' | 'upcasters'>,
): unknown {
  let current = data;
  for (let step = written; step < version; step += 1) {
    const upcaster = upcasters[step];
    // Below the oldest upcaster the versions are compatible as they are: the registry has compared them.
    if (upcaster !== undefined) current = upcaster(current);
  }
  return current;
}
