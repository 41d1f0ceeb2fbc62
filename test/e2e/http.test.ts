import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHttpClient, problemType } from '../../src/http/index.ts';
import { startCli, type Running } from './cli-process.ts';

/** The API of a real engine. */

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
let engine: Running;
let address: { readonly url: string; readonly token: string };

beforeAll(async () => {
  mkdirSync(join(root, '.tutti'), { recursive: true });
  directory = mkdtempSync(join(root, '.tutti', 'http-'));
  writeFileSync(
    join(directory, 'flows.ts'),
    `import { signal, workflow } from 'tutti';
     import * as z from 'zod';
     export const dated = workflow('dated', { input: z.object({ on: z.date() }) }, async (ctx, { on }) =>
       ctx.step('add a day', () => new Date(on.getTime() + 86_400_000)));
     export const go = signal('go', z.object({ now: z.boolean() }));
     export const held = workflow('held', { signals: [go] }, async (ctx) => ctx.waitFor(go));`,
  );
  engine = startCli(['start', 'flows.ts', '--port', '0'], { cwd: directory });
  await engine.said('Stop with Ctrl-C');
  address = JSON.parse(readFileSync(join(directory, '.tutti', 'engine.json'), 'utf8')) as typeof address;
});

afterAll(async () => {
  engine.process.kill('SIGKILL');
  await engine.finished;
  rmSync(directory, { recursive: true, force: true });
});

async function post(
  path: string,
  body: unknown,
): Promise<{ status: number; type: string | null; body: unknown }> {
  const response = await fetch(new URL(path, address.url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${address.token}`, 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

describe('the token', () => {
  it('lies where the start says', () => {
    const file = /token in (\S+)\. Stop/.exec(engine.stderr())?.[1] ?? '';
    expect(readFileSync(file, 'utf8').trim()).toBe(address.token);
  });

  it('is that of TUTTI_TOKEN where the environment has one', async () => {
    const env = { TUTTI_TOKEN: 'chosen-elsewhere' };
    const other = startCli(['start', 'flows.ts', '--port', '0', '--store', 'other.db'], {
      cwd: directory,
      env,
    });
    await other.said('token of TUTTI_TOKEN. Stop with Ctrl-C');
    const url = /API (\S+),/.exec(other.stderr())?.[1] ?? '';
    const ask = async (token: string) =>
      (await fetch(new URL('/v1/runs', url), { headers: { Authorization: `Bearer ${token}` } })).status;
    expect([await ask('chosen-elsewhere'), await ask('another')]).toEqual([200, 401]);
    other.process.kill('SIGKILL');
    await other.finished;
  });
});

describe('a client across HTTP', () => {
  it('starts a run and gets its result with every type kept', async () => {
    const client = createHttpClient(address);
    const { id } = await client.startRun('dated', { on: new Date(0) });
    expect(await client.waitForRun(id, { timeoutMs: 10_000 })).toMatchObject({
      state: 'completed',
      output: new Date(86_400_000),
    });
    expect(await client.readHistory(id)).toMatchObject([{ name: 'add a day', outcome: 'ok' }]);
  });

  it('signals a run and sees it end', async () => {
    const client = createHttpClient(address);
    const { id } = await client.startRun('held', undefined, { id: 'odd/id #1' });
    expect(id).toBe('odd/id #1');
    await client.sendSignal(id, 'go', { now: true });
    expect(await client.waitForRun(id, { timeoutMs: 10_000 })).toMatchObject({
      state: 'completed',
      output: { now: true },
    });
    await expect(client.sendSignal(id, 'go', { now: true })).rejects.toMatchObject({
      code: 'TUTTI_RUN_FINISHED',
    });
  });
});

describe('bad input is answered with one problem, and nothing is started', () => {
  it.each<[string, string, unknown, number, string]>([
    ['an unknown workflow', '/v1/runs', { definition: 'datd' }, 404, 'TUTTI_DEFINITION_NOT_FOUND'],
    ['malformed JSON', '/v1/runs', '{"definition":', 400, 'TUTTI_JSON_MALFORMED'],
    [
      'an input that fails its schema',
      '/v1/runs',
      { definition: 'dated', input: {} },
      422,
      'TUTTI_INPUT_INVALID',
    ],
    [
      'an unknown option',
      '/v1/runs',
      { definition: 'dated', onconflict: 'attach' },
      400,
      'TUTTI_OPTION_UNKNOWN',
    ],
    ['an unknown run', '/v1/runs/nobody/cancel', { reason: 'x' }, 404, 'TUTTI_RUN_NOT_FOUND'],
    [
      'an unknown question',
      '/v1/approvals/nobody/answer',
      { answer: {}, by: 'ada' },
      404,
      'TUTTI_APPROVAL_NOT_FOUND',
    ],
  ])('%s', async (_, ...[path, body, status, code]) => {
    const client = createHttpClient(address);
    const before = await client.listRuns({});
    const answer = await post(path, body);
    expect(answer).toMatchObject({ status, type: problemType, body: { code, status } });
    expect(await client.listRuns({})).toEqual(before);
  });

  it('a duplicate id', async () => {
    const run = { definition: 'held', id: 'twice' };
    expect(await post('/v1/runs', run)).toMatchObject({ status: 201 });
    expect(await post('/v1/runs', run)).toMatchObject({ status: 409, body: { code: 'TUTTI_RUN_ID_TAKEN' } });
  });
});
