/** Webhooks in and out over real sockets on loopback, with the reference library on the other side. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, event, incomingWebhook, outgoingWebhook, topic, type Tutti } from 'tutti';
import { z } from 'zod';
import type { CommitBatch } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openHttpScene, type HttpScene } from './http-scene.ts';

const secret = `whsec_${Buffer.from('a key of twenty-four byte').toString('base64')}`;
const newSecret = `whsec_${Buffer.from('another one of that size!').toString('base64')}`;

const Charged = event('charge.made', { schema: z.object({ id: z.string(), cents: z.number() }) });

// oxlint-disable-next-line typescript/explicit-function-return-type -- the topic's type is inferred from its events
function charges() {
  return topic('charges', { events: [Charged], dedupe: { within: '10m' } });
}

function signed(id: string, body: string, at = new Date(), key = secret): RequestInit {
  return {
    method: 'POST',
    body,
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(key).sign(id, at, body),
      authorization: '',
    },
  };
}

const charge = '{"id":"c1", "cents":5}';

function post(scene: HttpScene, init: RequestInit): Promise<Response> {
  return scene.request('/hooks/pay', init);
}

describe('a webhook from outside', () => {
  it('signed by the reference library is stored once, however often it is sent', async () => {
    const to = charges();
    const scene = await openHttpScene([
      to,
      incomingWebhook('pay', { to, event: Charged, verify: 'standard', secret }),
    ]);
    const first = await post(scene, signed('msg_1', charge));
    expect([first.status, await first.json()]).toEqual([200, { id: 'pay:msg_1', isDuplicate: false }]);
    expect(await (await post(scene, signed('msg_1', charge))).json()).toMatchObject({ isDuplicate: true });
    expect((await scene.tutti.client.readEvents('charges')).events).toMatchObject([
      { id: 'pay:msg_1', source: '/hooks/pay', data: { id: 'c1', cents: 5 } },
    ]);
  });

  it.each<[string, RequestInit]>([
    ['unsigned', { method: 'POST', body: charge }],
    ['signed with another secret', signed('m', charge, new Date(), newSecret)],
    ['changed on the way, be it by a space', { ...signed('m', charge), body: charge.replace(', ', ',') }],
    ['sent ten minutes ago', signed('m', charge, new Date(Date.now() - 600_000))],
    ['sent in ten minutes', signed('m', charge, new Date(Date.now() + 600_000))],
  ])('%s is refused and leaves nothing behind', async (_, init) => {
    const to = charges();
    const scene = await openHttpScene([
      to,
      incomingWebhook('pay', { to, event: Charged, verify: 'standard', secret }),
    ]);
    const answer = await post(scene, init);
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 'TUTTI_WEBHOOK_REFUSED' }]);
    expect((await scene.tutti.client.readEvents('charges')).events).toEqual([]);
  });

  it('signed with either secret passes while they are exchanged', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', {
      to,
      event: Charged,
      verify: 'standard',
      secret: [newSecret, secret],
    });
    const scene = await openHttpScene([to, hook]);
    expect((await post(scene, signed('old', charge))).status).toBe(200);
    expect((await post(scene, signed('new', charge, new Date(), newSecret))).status).toBe(200);
  });

  it('that is oversized, unknown, or no JSON is refused with its own status', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', {
      to,
      event: Charged,
      verify: 'standard',
      secret,
      bodyBytesMax: 100,
    });
    const scene = await openHttpScene([to, hook]);
    expect((await post(scene, signed('m', 'x'.repeat(101)))).status).toBe(413);
    expect((await post(scene, signed('m', 'no json'))).status).toBe(400);
    expect((await post(scene, signed('m', '{"id":5}'))).status).toBe(422);
    expect((await scene.request('/hooks/other', signed('m', charge))).status).toBe(404);
    expect((await scene.request('/hooks/pay')).status).toBe(405);
    expect((await scene.tutti.client.readEvents('charges')).events).toEqual([]);
  });

  it('with a signature in a header of its own is verified over the raw bytes and translated by a template', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', {
      to,
      event: Charged,
      verify: { header: 'X-Hub-Signature-256', prefix: 'sha256=' },
      secret: 's3cret',
      dedupe: 'X-Delivery',
      transform: {
        paths: { id: '$.body.object.ref', cents: '$.body.object.amount' },
        template: { id: '<id>', cents: '<cents>' },
      },
    });
    const scene = await openHttpScene([to, hook]);
    const body = '{"object":{"ref":"r9","amount":7}}';
    const headers = {
      'x-hub-signature-256': `sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`,
      'x-delivery': 'd1',
    };
    expect((await post(scene, { method: 'POST', body, headers })).status).toBe(200);
    expect((await post(scene, { method: 'POST', body: `${body} `, headers })).status).toBe(401);
    expect((await scene.tutti.client.readEvents('charges')).events).toMatchObject([
      { id: 'pay:d1', data: { id: 'r9', cents: 7 } },
    ]);
  });

  it('may be verified and translated by functions; one that throws refuses the event', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', {
      to,
      event: Charged,
      verify: ({ headers }) => headers['x-key'] === 'right',
      transform: ({ body }) => ({ id: (body as { id: string }).id.toUpperCase(), cents: 1 }),
    });
    const scene = await openHttpScene([to, hook]);
    const send = (key: string, body: string): Promise<Response> =>
      post(scene, { method: 'POST', body, headers: { 'x-key': key } });
    expect((await send('wrong', charge)).status).toBe(401);
    expect((await send('right', charge)).status).toBe(200);
    expect(await (await send('right', '{}')).json()).toMatchObject({ code: 'TUTTI_EVENT_INVALID' });
    expect((await scene.tutti.client.readEvents('charges')).events).toMatchObject([{ data: { id: 'C1' } }]);
  });

  it('is answered only when its event is stored: not before, and not at all if the store refuses', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', { to, event: Charged, verify: 'standard', secret });
    const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
    const { promise: released, reject: breakDisk } = Promise.withResolvers<void>();
    const store = createMemoryStore();
    const held = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'commit') return value.bind(target) as unknown;
        return async (batch: CommitBatch) => {
          if ((batch.appends ?? []).length === 0) return store.commit(batch);
          reach();
          await released;
          return store.commit(batch);
        };
      },
    });
    const scene = await openHttpScene([to, hook], { store: held });
    let isAnswered = false;
    const answered = post(scene, signed('m', charge)).finally(() => (isAnswered = true));
    await reached;
    expect(isAnswered).toBe(false);
    breakDisk(new Error('broken disk'));
    expect((await answered).status).toBe(500);
  });

  it.each([
    ['a name that is no path', 'a/b', {}],
    ['no secret', 'pay', { secret: undefined }],
    ['a malformed secret', 'pay', { secret: 'whsec_x' }],
    ['a topic that knows no duplicates', 'pay', { to: topic('bare', { events: [Charged] }) }],
    ['an event of another topic', 'pay', { event: event('charge.made') }],
  ])('declared with %s is refused', (_, name, changed) => {
    const options = { to: charges(), event: Charged, verify: 'standard', secret, ...changed };
    expect(() => incomingWebhook(name, options as never)).toThrow(
      expect.objectContaining({ code: 'TUTTI_DEFINITION_INVALID' }),
    );
  });

  it('must come with its topic, and under a name of its own', async () => {
    const to = charges();
    const hook = incomingWebhook('pay', { to, event: Charged, verify: 'standard', secret });
    await expect(createTutti({ store: ':memory:', definitions: [hook] })).rejects.toMatchObject({
      code: 'TUTTI_DEFINITION_INVALID',
    });
    await expect(createTutti({ store: ':memory:', definitions: [to, hook, hook] })).rejects.toMatchObject({
      code: 'TUTTI_DEFINITION_DUPLICATE',
    });
  });
});

interface Delivered {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A receiver that answers as told, in turn; the last answer stays. */
async function receiver(
  ...answers: ((response: ServerResponse) => void)[]
): Promise<{ url: string; delivered: Delivered[] }> {
  const delivered: Delivered[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      delivered.push({ headers: request.headers as Record<string, string>, body });
      (answers[delivered.length - 1] ?? answers.at(-1))?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, delivered };
}

const ok = (response: ServerResponse): void => void response.end();
const answer =
  (status: number, text = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end(text);

async function open(...definitions: Parameters<typeof openHttpScene>[0]): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', definitions });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

const fast = { initialInterval: 1, maximumInterval: 1, maximumAttempts: 3, jitter: 0 } as const;

describe('a webhook to others', () => {
  it('is verified by the reference library, with the old and with the new secret', async () => {
    const { url, delivered } = await receiver(ok);
    const from = charges();
    outgoingWebhook(from, 'partner', { url, secret: [newSecret, secret] });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length).toBe(1);
    const { headers, body } = delivered[0]!;
    for (const key of [secret, newSecret]) {
      expect(new Webhook(key).verify(body, headers)).toMatchObject({
        type: 'charge.made',
        data: { cents: 5 },
      });
    }
  });

  it('keeps its id over retries and a redrive; a dead letter tells status and body', async () => {
    const { url, delivered } = await receiver(
      answer(500, 'boom'),
      answer(500, 'boom'),
      answer(503, 'late'),
      ok,
    );
    const from = charges();
    const partner = outgoingWebhook(from, 'partner', { url, secret }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect((await partner.deadLetters.list())[0]).toMatchObject({
      attempts: 3,
      error: expect.stringContaining('answered 503 to webhook "partner": late'),
    });
    await partner.deadLetters.redrive();
    await expect.poll(() => delivered.length).toBe(4);
    expect(new Set(delivered.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('waits as long as Retry-After asks, not as long as the policy says', async () => {
    const { url, delivered } = await receiver(answer(429, '', { 'retry-after': '0' }), ok);
    const from = charges();
    outgoingWebhook(
      from,
      'partner',
      { url, secret },
      { retry: { initialInterval: '1h', maximumInterval: '1h', jitter: 0 } },
    );
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(2);
  });

  it('answered with 410 is a dead letter at once', async () => {
    const { url, delivered } = await receiver(answer(410, 'moved away'));
    const from = charges();
    const partner = outgoingWebhook(from, 'partner', { url, secret }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect(delivered).toHaveLength(1);
  });

  it('does not follow a redirect: the signed event goes to the declared address alone', async () => {
    const elsewhere = await receiver(ok);
    const { url } = await receiver(answer(302, '', { location: elsewhere.url }));
    const from = charges();
    const partner = outgoingWebhook(from, 'partner', { url, secret }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect(elsewhere.delivered).toEqual([]);
  });

  it('that is not answered in time is given up and tried again', async () => {
    const { url, delivered } = await receiver(() => undefined, ok);
    const from = charges();
    outgoingWebhook(from, 'partner', { url, secret, timeout: '50ms' }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length, { timeout: 20_000 }).toBe(2);
  });

  it('sends CloudEvents if asked, and only events that match', async () => {
    const { url, delivered } = await receiver(ok);
    const from = charges();
    const filter = { data: { cents: [{ numeric: ['>', 5] as const }] } };
    outgoingWebhook(from, 'partner', { url, secret, format: 'cloudevents' }, { filter: filter as never });
    const tutti = await open(from);
    await from.publishAll([Charged({ id: 'c1', cents: 5 }), Charged({ id: 'c2', cents: 6 })]);
    await expect.poll(() => delivered.length).toBe(1);
    await tutti.events.settled();
    expect(delivered.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { specversion: '1.0', data: { id: 'c2' } },
    ]);
  });

  it.each(['nonsense', 'ftp://a.example', 'https://u:p@a.example', 'https://a.example/#x', ''])(
    'to %j is refused at declaration',
    (url) => {
      expect(() => outgoingWebhook(charges(), 'partner', { url, secret })).toThrow(
        expect.objectContaining({ code: 'TUTTI_DEFINITION_INVALID' }),
      );
    },
  );
});
