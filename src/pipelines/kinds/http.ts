import { NonRetryableError, RetryAfterError } from '../../base/retry-errors.ts';
import { validate, type InferOutput, type StandardSchema } from '../../base/standard-schema.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { TaskContext } from '../task-types.ts';

/** A request to make. */
export interface HttpRequest {
  readonly url: string | URL;
  /** Default GET, or POST with a body. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a text. */
  readonly body?: unknown;
}

/** How the answer is taken. */
export interface HttpOptions<S extends StandardSchema = StandardSchema> {
  /** Standard Schema of a JSON answer. Default: anything. */
  readonly schema?: S;
  /** How many characters of an answer are taken. Default 16 Mi. */
  readonly answerMax?: number;
}

const answerMaxDefault = 16 * 1024 * 1024;
/** Statuses that mean "not now": an attempt later may succeed. All other 4xx will not. */
const passing: readonly number[] = [408, 425, 429];

/** A handler that makes an HTTP request. */
interface HttpHandler<I, O> {
  (inputs: I, context: TaskContext): Promise<O>;
  readonly label: string;
}

/**
 * Makes a task of an HTTP request. The result is the answer's JSON, or its text if it is none. The request carries the task's
 * idempotency key, so that a receiver that knows such keys recognises another attempt.
 *
 * @throws TUTTI_HTTP_REQUEST_FAILED when the task runs; TUTTI_OPTION_UNKNOWN at once.
 */
export function http<I, S extends StandardSchema = StandardSchema>(
  request: HttpRequest | ((inputs: I) => HttpRequest),
  options: HttpOptions<S> = {},
): HttpHandler<I, InferOutput<S>> {
  refuseUnknownOptions(options, ['schema', 'answerMax'], 'http');
  const run = async (inputs: I, context: TaskContext): Promise<InferOutput<S>> => {
    const resolved = typeof request === 'function' ? request(inputs) : request;
    const answer = await send(resolved, context);
    const text = await readText(answer, options.answerMax ?? answerMaxDefault);
    if (!answer.ok) throw refusal(resolved, answer, text);
    const isJson = answer.headers.get('content-type')?.includes('json') === true;
    const value: unknown = isJson ? JSON.parse(text) : text;
    return options.schema === undefined
      ? value
      : validate(options.schema, value, `the answer of ${String(resolved.url)}`);
  };
  return Object.assign(run, { label: 'http' });
}

async function send(request: HttpRequest, context: TaskContext): Promise<Response> {
  const { url, headers, body } = request;
  const hasBody = body !== undefined;
  try {
    return await fetch(url, {
      method: request.method ?? (hasBody ? 'POST' : 'GET'),
      headers: {
        'idempotency-key': context.idempotencyKey,
        ...(hasBody && typeof body !== 'string' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(hasBody ? { body: typeof body === 'string' ? body : JSON.stringify(body) } : {}),
      signal: context.signal,
    });
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new TuttiError(
      'TUTTI_HTTP_REQUEST_FAILED',
      `${String(url)} could not be reached: ${String(cause)}`,
      { cause },
    );
  }
}

/** @throws TUTTI_HTTP_REQUEST_FAILED when there is more than `max` characters of it; the rest is not read. */
async function readText(answer: Response, max: number): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length <= max) continue;
    throw new TuttiError(
      'TUTTI_HTTP_REQUEST_FAILED',
      `${answer.url} answered with more than ${max} characters.`,
    );
  }
  return text + decoder.decode();
}

function refusal(request: HttpRequest, answer: Response, text: string): Error {
  const message = `${String(request.url)} answered ${answer.status}: ${text.slice(0, 200)}`;
  const error = new TuttiError('TUTTI_HTTP_REQUEST_FAILED', message, { details: { status: answer.status } });
  const after = Number(answer.headers.get('retry-after'));
  if (answer.status >= 500 || passing.includes(answer.status)) {
    return after > 0 ? new RetryAfterError(message, after * 1_000, { cause: error }) : error;
  }
  return new NonRetryableError(message, { cause: error });
}
