import {
  eventRoutes,
  problemType,
  routes,
  type EventRouteSpec,
  type FieldSpecs,
  type RouteSpec,
} from '../../src/http/index.ts';

/** docs/reference/http.md: every route, from the table the server itself serves. */
export function renderHttp(): string {
  return `# HTTP API

A running engine serves its API on 127.0.0.1; the address is printed at the start and stands in \`engine.json\` beside the database,
with the token every request to \`/v1\` and \`/api\` must carry: \`Authorization: Bearer <token>\`.

Bodies and answers are JSON; their shapes are the types of \`src/app/client.ts\`, times are milliseconds since 1970, and values JSON
cannot hold are written as \`{"$tutti": "Date", "value": "…"}\`. Unknown fields are refused. A write is answered when it is on disk.

An error is answered as \`${problemType}\` with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`remedy\`, \`retryable\` and, where there
are facts for programs, \`details\`; codes and their statuses are listed in [errors](errors.md). Requests whose Host header is not a
loopback name or allowed, and requests of pages of another origin, are refused.

\`GET /health\` (no token) says that the engine lives; \`GET /openapi.json\` (no token) describes the API for programs.

This page is generated from \`src/http/contract/routes.ts\` by \`npm run reference\`.

${Object.entries(routes)
  .map(([name, spec]) => renderRoute(name, spec))
  .join('\n')}
## Formats of others

CloudEvents, server-sent events and webhooks; how to use them is in [events over the wire](../guides/webhooks.md).

${Object.entries(eventRoutes)
  .map(([name, spec]) => renderEventRoute(name, spec))
  .join('\n')}`;
}

function renderRoute(name: string, spec: RouteSpec): string {
  const fields = [
    ...Object.entries(spec.parameters).map(([field, summary]) => `| \`${field}\` | path | ${summary} |`),
    ...renderFields(spec.query, 'query'),
    ...renderFields(spec.body ?? {}, 'body'),
  ];
  const errors = spec.errors.map((code) => `[${code}](errors.md#${code.toLowerCase()})`);
  return [
    `## ${name}`,
    '',
    `\`${spec.method} ${spec.path}\``,
    '',
    spec.summary,
    '',
    ...(fields.length === 0 ? [] : ['| field | in | meaning |', '| --- | --- | --- |', ...fields, '']),
    `Answers ${spec.status}${spec.status === 204 ? '' : ` with \`${spec.answer}\``}.${errors.length === 0 ? '' : ` Errors: ${errors.join(', ')}.`}`,
    '',
  ].join('\n');
}

function renderEventRoute(
  name: string,
  { method, path, summary, status, takes, gives, errors }: EventRouteSpec,
): string {
  const given = takes.length === 0 ? '' : ` Takes ${takes.map((type) => `\`${type}\``).join(', ')}.`;
  const codes = errors.map((code) => `[${code}](errors.md#${code.toLowerCase()})`);
  const known = codes.length === 0 ? '' : ` Errors: ${codes.join(', ')}.`;
  return `### ${name}\n\n\`${method} ${path}\`\n\n${summary}${given}\n\nAnswers ${status} with \`${gives}\`.${known}\n`;
}

function renderFields(fields: FieldSpecs, place: string): readonly string[] {
  return Object.entries(fields).map(([name, { type, required, values, summary }]) => {
    const facts = [
      type,
      ...(required === true ? ['required'] : []),
      ...(values === undefined ? [] : [`one of ${values.join(', ')}`]),
    ];
    return `| \`${name}\` | ${place} | ${summary} (${facts.join('; ')}) |`;
  });
}
