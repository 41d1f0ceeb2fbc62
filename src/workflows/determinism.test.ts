import child from 'node:child_process';
import nodeCrypto, { randomBytes, randomInt, randomUUID } from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import fs, { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import workers from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createTestTutti, virtualStart } from '../testing/index.ts';
import { workflow } from './index.ts';

/** Every way to ask for time or randomness, as one text. */
function values(): string {
  const typed = globalThis.crypto.getRandomValues(new Uint8Array(4));
  const filled = nodeCrypto.randomFillSync(Buffer.alloc(4));
  return [
    Date.now(),
    new Date().toISOString(),
    Date(),
    performance.now(),
    process.hrtime().join('.'),
    process.hrtime.bigint(),
    Math.random(),
    globalThis.crypto.randomUUID(),
    Buffer.from(typed).toString('hex'),
    randomUUID(),
    randomBytes(6).toString('hex'),
    randomInt(1_000_000),
    randomInt(5, 10),
    filled.toString('hex'),
    Buffer.from(nodeCrypto.getRandomValues(new Uint16Array(2)).buffer).toString('hex'),
  ].join(' | ');
}

describe('time and randomness in workflow code', () => {
  it('are those of the run: the same in every replay, others in another run', async () => {
    const seen: string[] = [];
    const flow = workflow('values', async (ctx) => {
      const first = values();
      seen.push(first);
      await ctx.sleep('1d');
      return [first, values()];
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    await env.untilRested(run);
    await env.restart();
    const [first, second] = (await run.result()) as [string, string];
    expect(new Set(seen)).toEqual(new Set([first]));
    expect(seen.length).toBeGreaterThan(1);
    expect(first).toContain('2026-01-01T00:00:00.000Z | ');
    expect(second).toContain('2026-01-02T00:00:00.000Z | ');
    expect(second).toContain(' | 86400000 | ');
    const [other] = (await env.run(flow, undefined)) as [string, string];
    expect(other.split(' | ').at(-1)).not.toBe(first.split(' | ').at(-1));
  });

  it('are the machine’s inside of a step', async () => {
    const flow = workflow('real', (ctx) => ctx.step('look', () => [Date.now(), randomUUID(), Math.random()]));
    await using env = await createTestTutti({ definitions: [flow] });
    const [now, ...drawn] = (await env.run(flow, undefined)) as [number, string, number];
    expect(now).not.toBe(virtualStart);
    expect(drawn).not.toEqual(((await env.run(flow, undefined)) as unknown[]).slice(1));
  });

  it('keep their forms: callbacks, bounds, dates from parts', async () => {
    const flow = workflow('forms', async () => {
      const heard: unknown[] = [];
      randomBytes(3, (_, bytes) => heard.push(bytes.length));
      randomInt(1, 3, (_, drawn) => heard.push(drawn >= 1 && drawn < 3));
      return [heard, new Date(2026, 0, 5).getDate(), Date.UTC(2026, 0), new Date(7) instanceof Date];
    });
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual([[3, true], 5, virtualStart, true]);
  });
});

const refused: readonly (readonly [call: string, code: () => unknown, cure: string])[] = [
  ['fetch', () => fetch('http://localhost'), "ctx.step('call', () => fetch(...))"],
  ['WebSocket', () => new WebSocket('ws://localhost'), 'Open it in a step'],
  ['setTimeout', () => setTimeout(() => undefined, 1), "ctx.sleep('5m')"],
  ['setInterval', () => setInterval(() => undefined, 1), "ctx.sleep('5m')"],
  ['setImmediate', () => setImmediate(() => undefined), "ctx.sleep('5m')"],
  ['timers/promises.setTimeout', () => delay(1), "ctx.sleep('5m')"],
  ['AbortSignal.timeout', () => AbortSignal.timeout(1), 'ctx.scope('],
  ['fs.existsSync', () => existsSync('/'), "ctx.step('existsSync'"],
  ['fs.lstatSync', () => fs.lstatSync('/'), "ctx.step('lstatSync'"],
  ['fs.promises.readFile', () => readFile('/nowhere'), "ctx.step('readFile'"],
  ['http.request', () => http.request('http://localhost'), "ctx.step('request'"],
  ['net.connect', () => net.connect(1), "ctx.step('connect'"],
  ['dns.lookup', () => dns.lookup('localhost', () => undefined), "ctx.step('lookup'"],
  ['dns.promises.resolve', () => dns.promises.resolve('localhost'), "ctx.step('resolve'"],
  ['dgram.createSocket', () => dgram.createSocket('udp4'), "ctx.step('createSocket'"],
  ['child_process.execSync', () => child.execSync('true'), "ctx.step('execSync'"],
  ['worker_threads.Worker', () => new workers.Worker('', { eval: true }), "ctx.step('Worker'"],
];

describe('input and output in workflow code', () => {
  it.each(refused)('%s pauses the run, with the line and the cure', async (call, code, cure) => {
    const flow = workflow('careless', async (ctx) => {
      await ctx.step('first', () => 1);
      return code();
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const run = await env.start(flow, undefined);
    const { state, error } = await env.untilRested(run);
    expect(state).toBe('paused');
    expect(error?.code).toBe('TUTTI_NONDETERMINISTIC_CALL');
    expect(error?.message).toContain(`called ${call} at `);
    expect(error?.message).toContain('determinism.test.ts');
    expect(error?.message).toContain(cure);
    expect((await env.journal(run)).map(({ name }) => name)).toEqual(['first']);
  });

  it('pauses the run also when the code catches what is thrown', async () => {
    const flow = workflow('catching', async (ctx) => {
      try {
        fs.readFileSync('/nowhere');
      } catch {
        // Swallowed.
      }
      return ctx.step('after', () => 1);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    expect((await env.untilRested(await env.start(flow, undefined))).state).toBe('paused');
  });

  it('is nobody’s business inside of a step, or outside of any workflow', async () => {
    const flow = workflow('fine', (ctx) =>
      ctx.step('look', async () => {
        await delay(1);
        return [existsSync('/'), fs.statSync('/').isDirectory(), AbortSignal.timeout(1000).aborted];
      }),
    );
    await using env = await createTestTutti({ definitions: [flow] });
    expect(await env.run(flow, undefined)).toEqual([true, true, false]);
    expect(existsSync('/')).toBe(true);
  });
});

describe('a promise that Tutti knows nothing about', () => {
  it('pauses the run instead of leaving it hanging', async () => {
    const flow = workflow('foreign', async (ctx) => {
      await ctx.step('first', () => 1);
      await new Promise(() => undefined);
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const { state, error } = await env.untilRested(await env.start(flow, undefined));
    expect(state).toBe('paused');
    expect(error).toMatchObject({ code: 'TUTTI_FOREIGN_PROMISE' });
    expect(error?.message).toContain('foreign');
  });
});

describe('code that is not deterministic', () => {
  it('pauses its run at the first rest, with both sides shown', async () => {
    let executions = 0;
    const flow = workflow('unsteady', async (ctx) => {
      executions += 1;
      await ctx.sleep('1d', executions === 1 ? 'first way' : 'other way');
    });
    await using env = await createTestTutti({ definitions: [flow] });
    const { state, error } = await env.untilRested(await env.start(flow, undefined));
    expect(state).toBe('paused');
    expect(error?.code).toBe('TUTTI_REPLAY_MISMATCH');
    expect(error?.message).toContain('First time: /timer:first way#0');
    expect(error?.message).toContain('In the replay: /timer:other way#0');
  });
});

it('the last environment to close takes the guard away', async () => {
  const before = [Date, Math.random, fs.readFileSync, process.hrtime, setTimeout];
  const first = await createTestTutti({ definitions: [] });
  const second = await createTestTutti({ definitions: [] });
  await first.close();
  expect(fs.readFileSync).not.toBe(before[2]);
  await second.close();
  expect([Date, Math.random, fs.readFileSync, process.hrtime, setTimeout]).toEqual(before);
});
