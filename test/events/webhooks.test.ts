/** Webhooks from outside over real sockets on loopback, with the reference library on the other side. */
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { createTutti, event, incomingWebhook, topic } from 'tutti';
import type { CommitBatch } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openHttpScene, type HttpScene } from './http-scene.ts';
import { Charged, charges, newSecret, secret } from './webhook-scene.ts';

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
