import { request as rawRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '../app/index.ts';
import { systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { createHttpClient } from './client.ts';
import { startHttpServer, type HttpServer } from './server.ts';

const token = 'correct-horse';

/** Notes what it is asked and answers with what the test says. */
function recordingClient(answer: (method: string, args: readonly unknown[]) => unknown): Client {
  return new Proxy({} as Client, {
    get:
      (_, method) =>
      (...args: readonly unknown[]) =>
        Promise.resolve().then(() => answer(String(method), args)),
  });
}

let server: HttpServer;
let asked: { method: string; args: readonly unknown[] }[];
let answer: unknown;

beforeEach(async () => {
  asked = [];
  answer = [];
  server = await startHttpServer({
    client: recordingClient((method, args) => {
      asked.push({ method, args });
      if (answer instanceof Error) throw answer;
      return answer;
    }),
    token,
    bodyBytesMax: 1000,
    version: '0.0.0',
    instance: 'one',
    clock: systemClock,
    logger: silentLogger,
  });
});

afterEach(() => server.close());

interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
}

/** `fetch` forbids Host and Origin headers, so requests are made by hand. */
function send(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Reply> {
  const url = new URL(server.url);
  return new Promise((resolve, reject) => {
    const outgoing = rawRequest(
      {
        host: url.hostname,
        port: url.port,
        method,
        path,
        headers: { authorization: `Bearer ${token}`, ...headers },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

describe('the API and its client', () => {
  const id = 'order/7#é %';

  it.each<[keyof Client, readonly unknown[]]>([
    [
      'startRun',
      ['greet', { at: new Date(5), tags: new Set(['a']) }, { id, onConflict: 'attach', timeoutMs: 5 }],
    ],
    ['startRun', ['greet', null, { cancelOn: [{ topic: 't', event: 'e', where: { type: ['e'] } }] }]],
    ['listRuns', [{ states: ['failed', 'paused'], definition: 'greet', limit: 3 }]],
    ['showRun', [id]],
    ['readHistory', [id, { from: 3, limit: 4 }]],
    ['readLogs', [id, { step: 'charge card', attempt: 2, after: 3, limit: 4 }]],
    ['sendSignal', [id, 'go now', 5n]],
    ['cancelRun', [id, 'no longer wanted']],
    ['pauseRun', [id, 'look first']],
    ['resumeRun', [id]],
    ['retryRun', [id, { fromStart: true }]],
    ['listApprovals', [{ to: 'admins', run: id }]],
    ['answerApproval', [`${id}:/approval:ok?#0`, { approved: true }, 'ada']],
    ['listDefinitions', []],
    ['status', []],
  ])('carry %s across with every argument and the answer unchanged', async (method, args) => {
    answer = ['sendSignal', 'cancelRun', 'pauseRun', 'resumeRun'].includes(method)
      ? undefined
      : { seen: new Date(9) };
    const client = createHttpClient({ url: server.url, token });
    const call = client[method] as (...args: readonly unknown[]) => Promise<unknown>;
    expect(await call(...args)).toEqual(answer);
    expect(asked).toEqual([{ method, args }]);
  });

  it('ask again until a run has ended when the wait is longer than one request may hold', async () => {
    answer = { endedAt: null, state: 'running' };
    const client = createHttpClient({ url: server.url, token });
    await client.waitForRun(id, { timeoutMs: 70_000 });
    expect(asked.map(({ args }) => args[1])).toEqual([
      { timeoutMs: 30_000 },
      { timeoutMs: 30_000 },
      { timeoutMs: 10_000 },
    ]);
  });

  it('carry an error across with code, message and details', async () => {
    answer = new TuttiError('TUTTI_RUN_FINISHED', 'Run x has ended.', { details: { id: 'x' } });
    const client = createHttpClient({ url: server.url, token });
    await expect(client.showRun('x')).rejects.toMatchObject({
      code: 'TUTTI_RUN_FINISHED',
      message: 'Run x has ended.',
      details: { id: 'x' },
    });
  });

  it('call an engine unreachable that is gone', async () => {
    const client = createHttpClient({ url: server.url, token });
    await server.close();
    await expect(client.status()).rejects.toMatchObject({ code: 'TUTTI_ENGINE_UNREACHABLE' });
  });
});

describe('a request is answered with a problem', () => {
  it.each<[string, string, string, Record<string, string>, string | undefined, number, string, string]>([
    [
      'no token',
      'GET',
      '/v1/runs',
      { authorization: '' },
      undefined,
      401,
      'TUTTI_UNAUTHORIZED',
      'no bearer token',
    ],
    [
      'a wrong token',
      'GET',
      '/v1/runs',
      { authorization: 'Bearer x' },
      undefined,
      401,
      'TUTTI_UNAUTHORIZED',
      'not the one',
    ],
    [
      'a rebound host name',
      'GET',
      '/health',
      { host: 'evil.example' },
      undefined,
      403,
      'TUTTI_REQUEST_REFUSED',
      'evil.example',
    ],
    [
      'a foreign page',
      'GET',
      '/v1/runs',
      { origin: 'https://evil.example' },
      undefined,
      403,
      'TUTTI_REQUEST_REFUSED',
      'evil',
    ],
    ['an unknown path', 'GET', '/v1/rums', {}, undefined, 404, 'TUTTI_ROUTE_NOT_FOUND', '/v1/rums'],
    [
      'a wrong method',
      'DELETE',
      '/v1/runs/7',
      {},
      undefined,
      405,
      'TUTTI_METHOD_NOT_ALLOWED',
      'it takes GET',
    ],
    [
      'malformed JSON',
      'POST',
      '/v1/runs',
      {},
      '{"definition":\n oops}',
      400,
      'TUTTI_JSON_MALFORMED',
      'line 2, column 2',
    ],
    [
      'bytes that are no text',
      'POST',
      '/v1/runs',
      {},
      Buffer.from([0xff]).toString('latin1'),
      400,
      'TUTTI_JSON_MALFORMED',
      'JSON',
    ],
    [
      'an empty body',
      'POST',
      '/v1/runs',
      {},
      undefined,
      400,
      'TUTTI_OPTION_INVALID',
      "field 'definition' is missing",
    ],
    [
      'a body that is no object',
      'POST',
      '/v1/runs',
      {},
      '[1]',
      400,
      'TUTTI_OPTION_INVALID',
      'must be a JSON object',
    ],
    [
      'a misspelt field',
      'POST',
      '/v1/runs',
      {},
      '{"definition":"a","timeoutms":1}',
      400,
      'TUTTI_OPTION_UNKNOWN',
      "mean 'timeoutMs'",
    ],
    [
      'a wrong type',
      'POST',
      '/v1/runs',
      {},
      '{"definition":7}',
      400,
      'TUTTI_OPTION_INVALID',
      'expected a text',
    ],
    [
      'a misspelt query',
      'GET',
      '/v1/runs?state=failed',
      {},
      undefined,
      400,
      'TUTTI_OPTION_UNKNOWN',
      "mean 'states'",
    ],
    [
      'a misspelt value',
      'GET',
      '/v1/runs?states=faild',
      {},
      undefined,
      400,
      'TUTTI_OPTION_INVALID',
      "mean 'failed'",
    ],
    [
      'a limit that is no number',
      'GET',
      '/v1/runs?limit=-1',
      {},
      undefined,
      400,
      'TUTTI_OPTION_INVALID',
      'whole number',
    ],
    [
      'a repeated field',
      'GET',
      '/v1/runs?limit=1&limit=2',
      {},
      undefined,
      400,
      'TUTTI_OPTION_INVALID',
      'more than once',
    ],
    [
      'a body over the limit',
      'POST',
      '/v1/runs',
      {},
      'x'.repeat(1001),
      413,
      'TUTTI_PAYLOAD_TOO_LARGE',
      '1000 bytes',
    ],
    [
      'an endless body',
      'POST',
      '/v1/runs',
      { 'transfer-encoding': 'chunked' },
      'x'.repeat(1001),
      413,
      'TUTTI_PAYLOAD_TOO_LARGE',
      '1000 bytes',
    ],
  ])('for %s', async (...row) => {
    const [, method, path, headers, body, status, code, detail] = row;
    const reply = await send(method, path, headers, body);
    expect(reply).toMatchObject({
      status,
      body: { status, code, type: `docs/reference/errors.md#${code.toLowerCase()}` },
    });
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(reply.body['detail']).toContain(detail);
    expect(reply.body['remedy']).toMatch(/\w/);
    expect(asked).toEqual([]);
  });

  it('that names the right methods for a wrong one', async () => {
    const reply = await send('PUT', '/v1/runs');
    expect(reply.headers['allow']).toBe('POST, GET');
  });

  it('that keeps the text of an unexpected error to the log', async () => {
    answer = new Error('the password is hunter2');
    const reply = await send('GET', '/v1/status');
    expect(reply).toMatchObject({ status: 500, body: { code: 'TUTTI_INTERNAL' } });
    expect(JSON.stringify(reply.body)).not.toContain('hunter2');
  });
});

describe('the server', () => {
  it('answers health without a token, and its OpenAPI document', async () => {
    expect(await send('GET', '/health', { authorization: '' })).toMatchObject({
      status: 200,
      body: { status: 'ok', version: '0.0.0', instance: 'one' },
    });
    expect((await send('GET', '/openapi.json')).body).toMatchObject({ openapi: '3.1.0' });
  });

  it('takes requests of its own pages', async () => {
    const { host } = new URL(server.url);
    expect((await send('GET', '/v1/runs', { origin: `http://${host}` })).status).toBe(200);
  });

  it('refuses to be open to others without a token', async () => {
    const start = startHttpServer({
      client: recordingClient(() => undefined),
      host: '0.0.0.0',
      token: null,
      version: '0.0.0',
      instance: 'two',
      clock: systemClock,
      logger: silentLogger,
    });
    await expect(start).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
  });

  it('says that its port is taken', async () => {
    const start = startHttpServer({
      client: recordingClient(() => undefined),
      port: Number(new URL(server.url).port),
      token,
      version: '0.0.0',
      instance: 'two',
      clock: systemClock,
      logger: silentLogger,
    });
    await expect(start).rejects.toThrow('another process listens there');
  });
});
