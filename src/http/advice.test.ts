import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { advise, questionTable } from '../advisor/index.ts';
import type { Client } from '../app/index.ts';
import type { Clock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import { systemClock } from '../base/clock.ts';
import { openApiDocument } from './openapi.ts';
import { startHttpServer, type HttpServer } from './server.ts';

const clock: Clock = {
  now: () => Date.UTC(2026, 10, 25, 23, 59),
  setTimer: systemClock.setTimer.bind(systemClock),
};
const answers = { latency: 'hours', trigger: 'schedule', duration: '<=1h' };
let server: HttpServer;

beforeAll(async () => {
  server = await startHttpServer({
    client: {} as Client,
    token: 'secret',
    version: '0.0.0',
    instance: 'one',
    clock,
    logger: silentLogger,
  });
});

afterAll(() => server.close());

async function send(
  path: string,
  body?: unknown,
  token = 'secret',
): Promise<{ status: number; text: string }> {
  const response = await fetch(new URL(path, server.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, text: await response.text() };
}

describe('POST /api/advice', () => {
  it('answers the bytes of the function on the same day', async () => {
    const { status, text } = await send('/api/advice', { answers, people: ['Ada'] });
    expect(status).toBe(200);
    expect(text).toBe(JSON.stringify(advise({ answers, people: ['Ada'] }, { today: '2026-11-25' })));
  });

  it('merges sheets, and takes weights, limits and costs', async () => {
    const { text } = await send('/api/advice', {
      sheets: [{ answers }, { answers: { ...answers, latency: '<1s' } }],
      weights: { latency: 10 },
      limits: { source: 'lab 3', pipelineLatencyMsMin: 50 },
      costs: { hourlyRate: 1 },
    });
    expect(JSON.parse(text)).toMatchObject({
      disagreements: [{ question: 'latency' }],
      weights: { source: 'yours' },
      limits: { source: 'lab 3' },
    });
  });

  it.each([
    ['an unknown question', { answers: { latancy: 'hours' } }, 422, 'TUTTI_ANSWERS_INVALID'],
    ['an unknown option', { answers: { latency: 'hour' } }, 422, 'TUTTI_ANSWERS_INVALID'],
    ['an unknown field', { answer: {} }, 400, 'TUTTI_OPTION_UNKNOWN'],
    ['a single sheet to merge', { sheets: [{ answers }] }, 400, 'TUTTI_OPTION_INVALID'],
    ['sheets beside a sheet', { sheets: [{ answers }, { answers }], answers }, 400, 'TUTTI_OPTION_INVALID'],
    ['broken JSON', '{"answers":', 400, 'TUTTI_JSON_MALFORMED'],
  ])('refuses %s', async (_, body, status, code) => {
    const reply = await send('/api/advice', body);
    expect(reply.status).toBe(status);
    expect(JSON.parse(reply.text)).toMatchObject({ code });
  });

  it('needs the token', async () => {
    expect(await send('/api/advice', { answers }, 'wrong')).toMatchObject({ status: 401 });
  });
});

describe('GET /api/advice/questions', () => {
  it('answers the table with its schemas', async () => {
    const { text } = await send('/api/advice/questions');
    const reply = JSON.parse(text) as { table: unknown; schemas: Record<string, unknown> };
    expect(reply.table).toEqual(JSON.parse(JSON.stringify(questionTable)));
    expect(Object.keys(reply.schemas)).toEqual(['table', 'answerSheet', 'advice']);
  });
});

it('the OpenAPI document describes both, with the schema of the advice', () => {
  const { paths } = openApiDocument('1') as { paths: Record<string, Record<string, { responses: unknown }>> };
  expect(paths['/api/advice/questions']).toHaveProperty('get');
  expect(JSON.stringify(paths['/api/advice']?.['post']?.responses)).toContain('"criticalWeights"');
});
