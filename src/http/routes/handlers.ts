import type { Client } from '../../app/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Fields } from '../contract/fields.ts';
import type { RouteName } from '../contract/routes.ts';

/** What a handler is given: everything already checked against the route's row. */
interface RouteRequest {
  readonly client: Client;
  readonly clock: Clock;
  /** A parameter of the path, decoded. */
  readonly parameter: (name: string) => string;
  readonly query: Fields;
  readonly body: Fields;
}

/** Answers one request, mostly through the client; what it resolves to is the body of the answer. */
export type Handler = (request: RouteRequest) => Promise<unknown>;

/** Handlers of some routes. */
export type Handlers<Names extends RouteName> = Readonly<Record<Names, Handler>>;

/** The object without its undefined members: an absent field and one set to undefined are two things to the client. */
export function present<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
