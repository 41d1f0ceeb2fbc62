import type { ErrorCode } from '../../base/error-codes.ts';
import type { FieldSpecs } from './fields.ts';

/** One route. */
export interface RouteSpec {
  readonly method: 'GET' | 'POST';
  /** With parameters as `:name`; a parameter is percent-encoded. */
  readonly path: string;
  readonly summary: string;
  /** What each parameter of the path means. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: FieldSpecs;
  /** Null when the route takes no body. */
  readonly body: FieldSpecs | null;
  readonly status: 200 | 201 | 204;
  /** Name of the answer's type, in src/app/client.ts, the files it leads to, or the entry point its summary names. */
  readonly answer: string;
  /** JSON Schema of the answer, for the OpenAPI document. Default: known by its name alone. */
  readonly answerSchema?: Readonly<Record<string, unknown>>;
  /** Codes this route is known for, beside those every route may answer with. */
  readonly errors: readonly ErrorCode[];
}
