import type { FieldSpec, FieldSpecs } from './contract/fields.ts';
import { eventRoutes, type EventRouteSpec } from './contract/event-routes.ts';
import { problemType } from './contract/problem.ts';
import type { RouteSpec } from './contract/route-spec.ts';
import { routes, type RouteName } from './contract/routes.ts';
import { errorEntry } from '../base/error-codes.ts';

type Json = Readonly<Record<string, unknown>>;

/** The API as an OpenAPI 3.1 document. Types of answers are described in src/app/client.ts and named here. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of Object.keys(routes) as RouteName[]) {
    const spec = routes[name];
    const path = spec.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: operation(name, spec) };
  }
  for (const [name, spec] of Object.entries(eventRoutes)) {
    const path = spec.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [spec.method.toLowerCase()]: eventOperation(name, spec) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tutti',
      version,
      description: 'Runs, signals, approvals and definitions of one Tutti engine, and the advisor.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema },
    },
  };
}

function operation(name: RouteName, spec: RouteSpec): Json {
  const inPath = Object.entries(spec.parameters).map(([parameter, description]) => ({
    name: parameter,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(spec.query).map(([parameter, field]) => ({
    name: parameter,
    in: 'query',
    required: field.required === true,
    description: field.summary,
    schema: fieldSchema(field),
  }));
  return {
    operationId: name,
    summary: spec.summary,
    parameters: [...inPath, ...inQuery],
    ...(spec.body === null
      ? {}
      : { requestBody: { content: { 'application/json': { schema: objectSchema(spec.body) } } } }),
    responses: { [spec.status]: success(spec), ...problems(spec) },
  };
}

/** The format is another's, and described there; so only its content types are told. */
function eventOperation(name: string, spec: EventRouteSpec): Json {
  const parameters = [...spec.path.matchAll(/:(\w+)/g)].map(([, parameter]) => ({
    name: parameter,
    in: 'path',
    required: true,
    schema: text,
  }));
  const content = Object.fromEntries(spec.takes.map((type) => [type, {}]));
  return {
    operationId: name,
    summary: spec.summary,
    parameters,
    // Webhooks are known by their signature, not by the token.
    ...(spec.path.startsWith('/v1/') ? {} : { security: [] }),
    ...(spec.takes.length === 0 ? {} : { requestBody: { content } }),
    responses: {
      [spec.status]: { description: spec.summary, content: { [spec.gives]: {} } },
      ...problems(spec),
    },
  };
}

function success(spec: RouteSpec): Json {
  if (spec.status === 204) return { description: 'Done and on disk.' };
  const schema = spec.answerSchema === undefined ? { title: spec.answer } : embedded(spec.answerSchema);
  return { description: spec.answer, content: { 'application/json': { schema } } };
}

function problems(spec: Pick<RouteSpec, 'errors'>): Json {
  const byStatus = new Map<number, string[]>();
  for (const code of spec.errors) {
    const { status } = errorEntry(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const content = { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } };
  const known = [...byStatus].map(([status, codes]) => [
    String(status),
    { description: codes.join(', '), content },
  ]);
  return { ...Object.fromEntries(known), default: { description: 'Any other problem.', content } };
}

function objectSchema(fields: FieldSpecs): Json {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.filter(([, field]) => field.required === true).map(([name]) => name),
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, { ...fieldSchema(field), description: field.summary }]),
    ),
  };
}

function fieldSchema(field: FieldSpec): Json {
  const allowed = field.values === undefined ? {} : { enum: field.values };
  switch (field.type) {
    case 'text':
      return { type: 'string', ...allowed };
    case 'integer':
      return { type: 'integer', minimum: 0 };
    case 'boolean':
      return { type: 'boolean' };
    case 'list':
      return { type: 'array', items: { type: 'string', ...allowed } };
    default:
      return embedded(field.schema ?? {});
  }
}

/** A schema as a part of the document: its dialect is the document's, and its id would change what `$ref` means. */
function embedded({ $schema: _dialect, $id: _id, ...schema }: Json): Json {
  return schema;
}

const text = { type: 'string' } as const;

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'remedy', 'retryable'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: text,
    remedy: text,
    retryable: { type: 'boolean' },
    details: { type: 'object' },
  },
};
