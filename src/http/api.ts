import { Hono, type Context } from 'hono';
import { encodeValue } from '../base/codec.ts';
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Client, EventGateway } from '../app/index.ts';
import { checkHostAndOrigin, checkToken, type AccessRules } from './access.ts';
import { readJsonBody } from './body.ts';
import { eventRoutes } from './contract/event-routes.ts';
import { checkBody, checkQuery, Fields } from './contract/fields.ts';
import { problemType } from './contract/problem.ts';
import type { RouteSpec } from './contract/route-spec.ts';
import { routes, type RouteName } from './contract/routes.ts';
import { openApiDocument } from './openapi.ts';
import { toProblem } from './problem.ts';
import { adviceHandlers } from './routes/advice.ts';
import { approvalHandlers } from './routes/approvals.ts';
import { assetHandlers } from './routes/assets.ts';
import { engineHandlers } from './routes/engine.ts';
import type { Handler, Handlers } from './routes/handlers.ts';
import { pipelineHandlers } from './routes/pipelines.ts';
import { runHandlers } from './routes/runs.ts';
import { scheduleHandlers } from './routes/schedules.ts';
import { topicHandlers } from './routes/topics.ts';
import { mountEventRoutes } from './wire/event-routes.ts';

/** What the API needs. */
export interface ApiOptions {
  readonly client: Client;
  /** Serves CloudEvents and webhooks; null to serve none. */
  readonly events: EventGateway | null;
  /** Aborted when the server stops: streams end then. */
  readonly stopping: AbortSignal;
  readonly access: AccessRules;
  /** Largest body in bytes. */
  readonly bodyBytesMax: number;
  readonly version: string;
  /** Answered by `/health`, so that a caller can tell this engine from another one at the same address. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

const handlers: Handlers<RouteName> = {
  ...runHandlers,
  ...approvalHandlers,
  ...pipelineHandlers,
  ...engineHandlers,
  ...adviceHandlers,
  ...scheduleHandlers,
  ...assetHandlers,
  ...topicHandlers,
};

/** The API as a function from request to response; knows no sockets. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    checkHostAndOrigin(context.req.raw.headers, options.access);
    await next();
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
  });
  app.get('/health', (context) =>
    context.json({ status: 'ok', version: options.version, instance: options.instance }),
  );
  app.get('/openapi.json', (context) => context.json(openApiDocument(options.version)));
  for (const prefix of ['/v1/*', '/api/*']) {
    app.use(prefix, async (context, next) => {
      checkToken(context.req.raw.headers, options.access);
      await next();
    });
  }
  for (const name of Object.keys(routes) as RouteName[]) mount(app, options, name);
  const { events } = options;
  if (events !== null) mountEventRoutes(app, { ...options, events });
  refuseOtherMethods(app, events === null ? [] : Object.values(eventRoutes));
  app.notFound((context) => {
    throw new TuttiError('TUTTI_ROUTE_NOT_FOUND', `There is nothing at ${context.req.path}.`, {
      details: { path: context.req.path },
    });
  });
  app.onError((error) => problemResponse(error, options.logger));
  return app;
}

function mount(app: Hono, options: ApiOptions, name: RouteName): void {
  const spec = routes[name];
  const handler: Handler = handlers[name];
  app.on(spec.method, spec.path, async (context: Context) => {
    const answer = await handler({
      client: options.client,
      clock: options.clock,
      parameter: (parameter) => context.req.param(parameter) ?? '',
      query: checkQuery(context.req.queries(), spec.query, `the query of ${spec.method} ${spec.path}`),
      body: await readBody(context, spec, options.bodyBytesMax),
    });
    if (spec.status === 204) return context.body(null, 204);
    return context.body(encodeValue(answer, 'the answer'), spec.status, {
      'Content-Type': 'application/json',
    });
  });
}

async function readBody(context: Context, spec: RouteSpec, bytesMax: number): Promise<Fields> {
  if (spec.body === null) return new Fields({});
  const given = await readJsonBody(context.req.raw, bytesMax);
  return checkBody(given ?? {}, spec.body, `the body of ${spec.method} ${spec.path}`);
}

/** Paths that exist answer a wrong method with 405 and the right ones. */
function refuseOtherMethods(app: Hono, beside: readonly Pick<RouteSpec, 'method' | 'path'>[]): void {
  const methodsByPath = new Map<string, readonly string[]>([
    ['/health', ['GET']],
    ['/openapi.json', ['GET']],
  ]);
  for (const { method, path } of [...Object.values(routes), ...beside]) {
    methodsByPath.set(path, [...(methodsByPath.get(path) ?? []), method]);
  }
  for (const [path, methods] of methodsByPath) {
    app.all(path, (context) => {
      throw new TuttiError(
        'TUTTI_METHOD_NOT_ALLOWED',
        `${context.req.path} does not take ${context.req.method}; it takes ${methods.join(', ')}.`,
        { details: { allow: methods } },
      );
    });
  }
}

function problemResponse(error: unknown, logger: Logger): Response {
  const problem = toProblem(error);
  if (problem.status >= 500) logger.error('a request failed', { code: problem.code, error });
  const headers = new Headers({ 'Content-Type': problemType, 'Cache-Control': 'no-store' });
  if (problem.code === 'TUTTI_UNAUTHORIZED') headers.set('WWW-Authenticate', 'Bearer');
  const allow = problem.details?.['allow'];
  if (problem.code === 'TUTTI_METHOD_NOT_ALLOWED' && Array.isArray(allow))
    headers.set('Allow', allow.join(', '));
  return new Response(encodeValue(problem, 'the problem'), { status: problem.status, headers });
}
