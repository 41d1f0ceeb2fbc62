import { describeSchema } from '../../base/standard-schema.ts';
import type { EventDefinition } from '../model/event.ts';
import type { Topic } from '../model/topic.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * What the topics offer, as an AsyncAPI 3.1 document (https://www.asyncapi.com/docs/reference/specification/v3.1.0): a channel per
 * topic with its messages, an operation to publish there (`receive`: the engine receives), and one per topic to follow it
 * (`send`). Payloads are described if their schema can describe itself as JSON Schema.
 */
export function asyncApiDocument(topics: readonly Topic[], version: string): Json {
  const channels: Record<string, Json> = {};
  const operations: Record<string, Json> = {};
  const messages: Record<string, Json> = {};
  for (const topic of topics) {
    const name = identifier(topic.name);
    const references: Record<string, Json> = {};
    for (const definition of topic.settings.events.values()) {
      const key = identifier(definition.type);
      const messageName = `${name}.${key}`;
      messages[messageName] = message(definition);
      references[key] = { $ref: `#/components/messages/${messageName}` };
    }
    channels[name] = {
      address: `/v1/topics/${encodeURIComponent(topic.name)}/cloudevents`,
      title: topic.name,
      messages: references,
    };
    const channel = { $ref: `#/channels/${name}` };
    const offered = Object.keys(references).map((key) => ({ $ref: `#/channels/${name}/messages/${key}` }));
    operations[`publish.${name}`] = {
      action: 'receive',
      channel,
      summary: `Publishes to ${topic.name}; answered when it is on disk.`,
      bindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
      messages: offered,
    };
    operations[`follow.${name}`] = {
      action: 'send',
      channel,
      summary: `Follows ${topic.name} by server-sent events.`,
      bindings: { http: { method: 'GET', bindingVersion: '0.3.0' } },
      messages: offered,
    };
  }
  return {
    asyncapi: '3.1.0',
    info: { title: 'Tutti', version, description: 'The topics of one Tutti engine.' },
    defaultContentType: 'application/cloudevents+json',
    channels,
    operations,
    components: { messages },
  };
}

/** Keys of a document are letters, digits, `.`, `_` and `-`; any other character is written as `_` and its code. */
function identifier(name: string): string {
  return name.replaceAll(
    /[^A-Za-z0-9.-]/g,
    (character) => `_${character.codePointAt(0)?.toString(16) ?? ''}`,
  );
}

function message({ type, version, schema }: EventDefinition): Json {
  const data = describeSchema(schema);
  const described = typeof data === 'object' && data !== null ? withoutDialect(data as Json) : {};
  const text = { type: 'string' } as const;
  return {
    name: type,
    title: `${type}, version ${version}`,
    contentType: 'application/cloudevents+json',
    payload: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type'],
      properties: {
        specversion: { const: '1.0' },
        id: text,
        source: { type: 'string', format: 'uri-reference' },
        type: { const: type },
        subject: text,
        time: { type: 'string', format: 'date-time' },
        datacontenttype: text,
        partitionkey: text,
        data: described,
      },
    },
  };
}

/** Inside the document its own dialect holds. */
function withoutDialect({ $schema: _dialect, ...schema }: Json): Json {
  return schema;
}
