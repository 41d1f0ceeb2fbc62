import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, describe, expect, it } from 'vitest';
import { email, fileTarget, http, mockTasks, pipeline, sql, webhook, type SqlConnection } from 'tutti';
import { z } from 'zod';
import { runOnce } from './scene.ts';

const directory = mkdtempSync(join(tmpdir(), 'tutti-kinds-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function withServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('a request', () => {
  it('results in the checked answer, and is tried again as the server asks', async () => {
    const keys: (string | undefined)[] = [];
    await withServer(
      (request, response) => {
        keys.push(request.headers['idempotency-key'] as string);
        if (keys.length < 3) response.writeHead(503).end('busy');
        else
          response.writeHead(200, { 'content-type': 'application/json' }).end('{"rate": 1.5, "more": true}');
      },
      async (url) => {
        const rates = pipeline('rates', {}, (p) =>
          p.task('rate', {}, http({ url }, { schema: z.object({ rate: z.number() }) }), {
            retry: { maximumAttempts: 4, initialInterval: 1 },
          }),
        );
        const run = await runOnce(rates);
        expect(run.error?.message).toBeUndefined();
        expect(run.output).toEqual({ rate: 1.5 });
        expect(keys).toHaveLength(3);
        expect(new Set(keys).size).toBe(1);
      },
    );
  });

  it('that is wrong is not tried again', async () => {
    let calls = 0;
    await withServer(
      (_, response) => {
        calls += 1;
        response.writeHead(404).end('no such day');
      },
      async (url) => {
        const rates = pipeline('rates', {}, (p) =>
          p.task('rate', {}, http({ url }), { retry: { maximumAttempts: 4, initialInterval: 1 } }),
        );
        expect((await runOnce(rates)).error?.message).toMatch(/answered 404: no such day/);
        expect(calls).toBe(1);
      },
    );
  });
});

describe('a statement', () => {
  it('gets its values as parameters and results in the rows', async () => {
    const seen: unknown[] = [];
    const connection: SqlConnection = {
      query: async (text, parameters) => {
        seen.push([text, parameters]);
        return [{ n: 1 }];
      },
    };
    const load = pipeline('load', {}, (p) => {
      const day = p.task('day', {}, () => "2024-01-01'; drop table days");
      return p.task(
        'load',
        { day },
        sql(connection, (i) => ({ text: 'select $1', parameters: [i.day] })),
      );
    });
    expect((await runOnce(load)).output).toEqual([{ n: 1 }]);
    expect(seen).toEqual([['select $1', ["2024-01-01'; drop table days"]]]);
  });
});

describe('notifications', () => {
  it('by webhook carry the event and a key, and are tried again', async () => {
    const bodies: string[] = [];
    await withServer(
      (request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => (body += chunk.toString()));
        request.on('end', () => {
          bodies.push(body);
          response.writeHead(bodies.length === 1 ? 500 : 204).end();
        });
      },
      async (url) => {
        const bad = pipeline('bad', { onFailure: webhook(url) }, (p) =>
          p.task('a', {}, () => {
            throw new Error('no disk');
          }),
        );
        expect((await runOnce(bad)).state).toBe('failed');
      },
    );
    expect(bodies).toHaveLength(2);
    expect(JSON.parse(bodies[1]!)).toMatchObject({ event: 'failure', pipeline: 'bad', task: null });
  });

  it('by mail say what happened, under a Message-ID of their own', async () => {
    const mails: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onData: (stream, _session, done) => {
        let mail = '';
        stream.on('data', (chunk: Buffer) => (mail += chunk.toString()));
        stream.on('end', () => {
          mails.push(mail);
          done();
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    const tell = email({
      transport: `smtp://127.0.0.1:${port}`,
      from: 'tutti@example.org',
      to: 'data@example.org',
    });
    const fine = pipeline('fine', {}, (p) => p.task('a', {}, () => 1, { onSuccess: tell }));
    expect((await runOnce(fine)).state).toBe('completed');
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    expect(mails).toHaveLength(1);
    expect(mails[0]).toMatch(/Subject: fine: a succeeded/);
    expect(mails[0]).toMatch(/Message-ID:\s+<[\w-]+@tutti>/);
  });
});

describe('a file as target', () => {
  it('is written whole, keeps the task from running again, and leaves nothing else behind', async () => {
    const target = fileTarget(join(directory, 'out', 'days.csv'));
    let ran = 0;
    const once = pipeline('once', {}, (p) =>
      p.task(
        'write',
        {},
        () => {
          ran += 1;
          return target.write('day,n\n');
        },
        { target: () => target },
      ),
    );
    expect([(await runOnce(once)).output, (await runOnce(once)).output]).toEqual([target.path, target.path]);
    expect(ran).toBe(1);
    expect(readFileSync(target.path, 'utf8')).toBe('day,n\n');
    expect(readdirSync(join(directory, 'out'))).toEqual(['days.csv']);
  });
});

describe('a mocked pipeline', () => {
  it('does something else in the mocked tasks and is otherwise the same', async () => {
    const real = pipeline('real', {}, (p) => {
      const rows = p.map('m', [1, 2], (n, p) =>
        p.task('fetch', { n }, async (): Promise<number> => Promise.reject(new Error('no network'))),
      );
      return p.task('sum', { rows }, (i) => i.rows.reduce((a, b) => a + b, 0));
    });
    const mocked = mockTasks(real, { 'm/fetch': { handler: (i) => Number(i['n']) * 10 } });
    expect((await runOnce(mocked)).output).toBe(30);
    expect(() => mockTasks(real, { 'm/fetsh': { value: 1 } })).toThrow("did you mean 'm/fetch'?");
  });
});
