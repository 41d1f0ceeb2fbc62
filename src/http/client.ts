import type { Client } from '../app/index.ts';
import { encodeValue } from '../base/codec.ts';
import { parseJsonText } from '../base/json-text.ts';
import { isTuttiError, TuttiError } from '../base/tutti-error.ts';
import { routes, waitMaxMs, type RouteName } from './contract/routes.ts';
import { scheduleCalls } from './schedule-calls.ts';
import { fromProblem } from './problem.ts';
import { topicCalls } from './topic-calls.ts';

/** Where an engine is. */
export interface HttpClientOptions {
  /** For example `http://127.0.0.1:4717`. */
  readonly url: string;
  /** The engine's bearer token. Default: none is sent. */
  readonly token?: string;
}

interface Call {
  readonly parameters?: Readonly<Record<string, string>>;
  readonly query?: object;
  readonly body?: object;
}

/** The `Client` of an engine in another process: same words, same errors, over HTTP. */
export function createHttpClient(options: HttpClientOptions): Client {
  // Answers were written by the same contract; a version that changes a shape changes the path's `/v1` too.
  const call = <T>(name: RouteName, parts: Call = {}): Promise<T> =>
    request(options, name, parts) as Promise<T>;
  return {
    startRun: (definition, input, start = {}) => call('startRun', { body: { definition, input, ...start } }),
    waitForRun: async (id, { timeoutMs = Number.POSITIVE_INFINITY } = {}) => {
      // One request holds at most `waitMaxMs`; longer waits are asked for again. Waiting time is what was asked, not what was measured.
      let restMs = timeoutMs;
      for (;;) {
        const partMs = Math.min(restMs, waitMaxMs);
        const run = await call<Awaited<ReturnType<Client['waitForRun']>>>('waitForRun', {
          parameters: { run: id },
          query: { timeoutMs: partMs },
        });
        restMs -= partMs;
        if (restMs <= 0 || run.endedAt !== null || run.state === 'paused') return run;
      }
    },
    listRuns: (query) => call('listRuns', { query }),
    showRun: (run) => call('showRun', { parameters: { run } }),
    readHistory: (run, query = {}) => call('readHistory', { parameters: { run }, query }),
    readLogs: (run, query = {}) => call('readLogs', { parameters: { run }, query }),
    sendSignal: (run, signal, payload) =>
      call('sendSignal', { parameters: { run, signal }, body: { payload } }),
    cancelRun: (run, reason) => call('cancelRun', { parameters: { run }, body: { reason } }),
    pauseRun: (run, reason) => call('pauseRun', { parameters: { run }, body: { reason } }),
    resumeRun: (run) => call('resumeRun', { parameters: { run } }),
    retryRun: (run, retry = {}) => call('retryRun', { parameters: { run }, body: retry }),
    listApprovals: (query = {}) => call('listApprovals', { query }),
    answerApproval: (approval, answer, by) =>
      call('answerApproval', { parameters: { approval }, body: { answer, by } }),
    showGraph: (definition) => call('showGraph', { parameters: { definition } }),
    showTasks: (run) => call('showTasks', { parameters: { run } }),
    clearTasks: (run, clear) => call('clearTasks', { parameters: { run }, body: clear }),
    markTasks: (run, mark) => call('markTasks', { parameters: { run }, body: mark }),
    listDefinitions: () => call('listDefinitions'),
    status: () => call('status'),
    ...scheduleCalls(call),
    ...topicCalls(call),
    listAssets: () => call('listAssets'),
    showAsset: (asset) => call('showAsset', { parameters: { asset } }),
    readLineage: (run) => call('readLineage', { parameters: { run } }),
  };
}

async function request(options: HttpClientOptions, name: RouteName, parts: Call): Promise<unknown> {
  const spec = routes[name];
  const path = spec.path.replace(/:(\w+)/g, (_, parameter: string) =>
    encodeURIComponent(parts.parameters?.[parameter] ?? ''),
  );
  const url = new URL(path, options.url);
  for (const [field, value] of Object.entries(parts.query ?? {})) {
    if (value !== undefined) url.searchParams.set(field, String(value));
  }
  const body =
    spec.body === null ? null : encodeValue(withoutUndefined(parts.body ?? {}), `the request to ${path}`);
  const response = await reach(url, {
    method: spec.method,
    headers: {
      Accept: 'application/json',
      ...(body === null ? {} : { 'Content-Type': 'application/json' }),
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
    },
    body,
  });
  return readAnswer(url, response);
}

/** A payload of undefined is said by leaving the field out. */
function withoutUndefined(body: object): object {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new TuttiError(
      'TUTTI_ENGINE_UNREACHABLE',
      `No engine answers at ${url.origin}${reasonOf(cause)}.`,
      {
        cause,
        details: { url: url.origin },
      },
    );
  }
}

function reasonOf(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? ` (${code})` : '';
}

async function readAnswer(url: URL, response: Response): Promise<unknown> {
  const text = await readText(url, response);
  if (response.status === 204) return undefined;
  let value: unknown;
  try {
    value = parseJsonText(text, `The answer of ${url.origin}`);
  } catch (cause) {
    if (!isTuttiError(cause)) throw cause;
    throw notTutti(url, response, cause);
  }
  if (response.ok) return value;
  throw fromProblem(value) ?? notTutti(url, response);
}

async function readText(url: URL, response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    throw new TuttiError(
      'TUTTI_ENGINE_UNREACHABLE',
      `The engine at ${url.origin} went away while it answered.`,
      { cause },
    );
  }
}

function notTutti(url: URL, response: Response, cause?: unknown): TuttiError {
  return new TuttiError(
    'TUTTI_ENGINE_UNREACHABLE',
    `What answers at ${url.origin} is not a Tutti engine of this version: status ${response.status} for ${url.pathname}.`,
    { cause, details: { url: url.origin } },
  );
}
