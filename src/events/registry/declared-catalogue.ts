import { describeSchema } from '../../base/standard-schema.ts';
import type { EventDefinition } from '../model/event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import type { Catalogue, CataloguedSchema } from './catalogue.ts';
import { isSchema, type JsonSchema } from './json-schema.ts';

/** What the events of some topics look like as their code declares them. */
export function declaredCatalogue(topics: readonly TopicSettings[]): Catalogue {
  return {
    events: topics.flatMap(({ name, events, compatibility }) =>
      [...events.values()].map((definition) => ({
        topic: name,
        type: definition.type,
        compatibility: definition.compatibility ?? compatibility,
        version: definition.version,
        schemas: [schemaOf(definition)],
      })),
    ),
  };
}

/** Of an event without a schema everything is taken, and nothing is known of what is stored. */
function schemaOf({ version, schema, upcasters }: EventDefinition): CataloguedSchema {
  return {
    version,
    reads: schema === undefined ? true : known(describeSchema(schema, 'input')),
    writes: schema === undefined ? null : known(describeSchema(schema, 'output')),
    upcasters: Object.keys(upcasters).map(Number),
    since: null,
  };
}

/** As JSON has it: what a library hangs on beside that is not stored. */
function known(schema: unknown): JsonSchema | null {
  const copy: unknown = JSON.parse(JSON.stringify(schema ?? null));
  return isSchema(copy) ? copy : null;
}
