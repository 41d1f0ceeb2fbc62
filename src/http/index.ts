/** The HTTP API of an engine: the front door for the layer above. */
export { createHttpClient, type HttpClientOptions } from './client.ts';
export { eventRoutes, type EventRouteSpec } from './contract/event-routes.ts';
export type { FieldSpec, FieldSpecs } from './contract/fields.ts';
export { type Problem, problemType } from './contract/problem.ts';
export type { RouteSpec } from './contract/route-spec.ts';
export { routes, type RouteName } from './contract/routes.ts';
export { type HttpServer, type HttpServerOptions, startHttpServer } from './server.ts';
