/** CloudEvents over a real server on loopback: publish in three modes, follow by server-sent events, AsyncAPI. */
import specifications from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { createTutti, event, topic } from 'tutti';
import { z } from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { blocksOf, openHttpScene } from './http-scene.ts';

const Placed = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
const Canceled = event('order.canceled', { schema: z.object({ id: z.string() }) });

// oxlint-disable-next-line typescript/explicit-function-return-type -- the topic's type is inferred from its events
function orders(partitions = 1) {
  return topic('orders', {
    events: [Placed, Canceled],
    key: (e) => e.data.id,
    partitions,
    dedupe: { within: '10m' },
  });
}

const path = '/v1/topics/orders/cloudevents';

function cloudEvent(id: string, total: unknown = 5): Record<string, unknown> {
  return { specversion: '1.0', id, source: '/shop', type: 'order.placed', data: { id: `o-${id}`, total } };
}

function structured(body: unknown): RequestInit {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

function batch(body: unknown): RequestInit {
  const headers = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };
  return { method: 'POST', headers, body: JSON.stringify(body) };
}

describe('a CloudEvent over HTTP', () => {
  it('is published in structured mode with every attribute in its place, and comes back as it was', async () => {
    const source = orders();
    const { tutti, request } = await openHttpScene([source]);
    const sent = {
      ...cloudEvent('e1'),
      subject: 'o1',
      time: '2026-01-02T03:04:05.000Z',
      partitionkey: 'k1',
      sequence: '0007',
      expirytime: '2050-01-01T00:00:00.000Z',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      correlationid: 'c1',
      causationid: 'c0',
      dataref: 'https://example.com/big',
      recordedtime: '2026-01-02T03:04:06Z',
    };
    const answer = await request(path, structured(sent));
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ id: 'e1', offset: 0, isDuplicate: false });
    const [stored] = (await tutti.client.readEvents('orders')).events;
    expect(stored).toMatchObject({
      key: 'k1',
      correlationId: 'c1',
      causationId: 'c0',
      expiresAt: sent.expirytime,
    });
    const next = blocksOf(await request(`${path}?from=oldest`));
    await next();
    const data = (await next())?.split('data: ')[1] ?? '';
    expect(JSON.parse(data)).toEqual({ ...sent, datacontenttype: 'application/json' });
  });

  it('is published in binary mode, its headers percent-decoded', async () => {
    const { tutti, request } = await openHttpScene([orders()]);
    const answer = await request(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'ce-specversion': '1.0',
        'ce-id': 'b1',
        'ce-source': '/shop',
        'ce-type': 'order.placed',
        'ce-subject': 'Euro%20%E2%82%AC',
        'ce-tenant': 'acme',
      },
      body: '{"id":"o1","total":3}',
    });
    expect(answer.status).toBe(201);
    const [stored] = (await tutti.client.readEvents('orders')).events;
    expect(stored).toMatchObject({
      id: 'b1',
      subject: 'Euro €',
      headers: { tenant: 'acme' },
      data: { total: 3 },
    });
  });

  it('sent twice is stored once, and told the same offset', async () => {
    const { tutti, request } = await openHttpScene([orders()]);
    await request(path, structured(cloudEvent('first')));
    const one = await (await request(path, structured(cloudEvent('same')))).json();
    const two = await (await request(path, structured(cloudEvent('same')))).json();
    expect(one).toMatchObject({ offset: 1, isDuplicate: false });
    expect(two).toMatchObject({ offset: 1, isDuplicate: true });
    expect((await tutti.client.readEvents('orders')).events).toHaveLength(2);
  });

  it.each<[string, RequestInit, number, string]>([
    ['no CloudEvent at all', { method: 'POST', body: '{}' }, 400, 'TUTTI_EVENT_INVALID'],
    [
      'of another version',
      structured({ ...cloudEvent('x'), specversion: '0.3' }),
      400,
      'TUTTI_EVENT_INVALID',
    ],
    ['without an id', structured({ ...cloudEvent('x'), id: undefined }), 400, 'TUTTI_EVENT_INVALID'],
    ['without a source', structured({ ...cloudEvent('x'), source: '' }), 400, 'TUTTI_EVENT_INVALID'],
    [
      'of a time that is none',
      structured({ ...cloudEvent('x'), time: 'yesterday' }),
      400,
      'TUTTI_EVENT_INVALID',
    ],
    [
      'that has expired',
      structured({ ...cloudEvent('x'), expirytime: '2001-01-01T00:00:00Z' }),
      400,
      'TUTTI_EVENT_INVALID',
    ],
    ['of data twice', structured({ ...cloudEvent('x'), data_base64: 'e30=' }), 400, 'TUTTI_EVENT_INVALID'],
    [
      'of bytes that are no JSON',
      structured({ ...cloudEvent('x'), data: undefined, data_base64: 'AQL/' }),
      400,
      'TUTTI_JSON_MALFORMED',
    ],
    [
      'of a wrong attribute name',
      structured({ ...cloudEvent('x'), my_ext: 'y' }),
      400,
      'TUTTI_EVENT_INVALID',
    ],
    [
      'of an undeclared type',
      structured({ ...cloudEvent('x'), type: 'order.plaecd' }),
      400,
      'TUTTI_EVENT_UNKNOWN',
    ],
    ['against its schema', structured(cloudEvent('x', 'five')), 422, 'TUTTI_INPUT_INVALID'],
    ['that loops', structured({ ...cloudEvent('x'), hops: 999 }), 508, 'TUTTI_EVENT_LOOP'],
    [
      'too large for a request',
      structured({ ...cloudEvent('x'), pad: 'x'.repeat(20_000) }),
      413,
      'TUTTI_PAYLOAD_TOO_LARGE',
    ],
    ['that is a batch and no list', batch({}), 400, 'TUTTI_EVENT_INVALID'],
  ])('%s is refused with a problem and leaves nothing behind', async (_, init, status, code) => {
    const { tutti, request } = await openHttpScene([orders()]);
    const answer = await request(path, init);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect([answer.status, await answer.json()]).toMatchObject([status, { code, status }]);
    expect((await tutti.client.readEvents('orders')).events).toEqual([]);
  });

  it('needs the token', async () => {
    const { request } = await openHttpScene([orders()]);
    const init = structured(cloudEvent('x'));
    const headers = { ...(init.headers as Record<string, string>), authorization: 'Bearer guess' };
    expect((await request(path, { ...init, headers })).status).toBe(401);
  });
});

describe('a batch of CloudEvents', () => {
  it('is answered in its order, with the original offset of what was there before', async () => {
    const { request } = await openHttpScene([orders()]);
    await request(path, structured(cloudEvent('a')));
    const answer = await request(path, batch([cloudEvent('b'), cloudEvent('a'), cloudEvent('c')]));
    expect(await answer.json()).toMatchObject([
      { id: 'b', offset: 1, isDuplicate: false },
      { id: 'a', offset: 0, isDuplicate: true },
      { id: 'c', offset: 2, isDuplicate: false },
    ]);
  });

  it('with one bad event stores none of them, and says which one it was', async () => {
    const { tutti, request } = await openHttpScene([orders()]);
    const answer = await request(path, batch([cloudEvent('a'), cloudEvent('b', 'five'), cloudEvent('c')]));
    expect(await answer.json()).toMatchObject({ code: 'TUTTI_INPUT_INVALID', details: { index: 1 } });
    expect((await tutti.client.readEvents('orders')).events).toEqual([]);
  });

  it('over several partitions is one transaction: if the store refuses it, no partition has any of it', async () => {
    const store = createMemoryStore();
    const commits: number[] = [];
    let isFull = false;
    const watched = new Proxy(store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (name !== 'commit') return value.bind(target) as unknown;
        return async (given: Parameters<typeof store.commit>[0]) => {
          const appends = (given.guarded ?? []).flatMap((group) => group.appends ?? []);
          if (appends.length > 0) commits.push(appends.length);
          if (isFull && appends.length > 0) throw Object.assign(new Error('broken disk'));
          return store.commit(given);
        };
      },
    });
    const { tutti, request } = await openHttpScene([orders(8)], { store: watched });
    const events = Array.from({ length: 40 }, (_, index) => cloudEvent(`e${index}`));
    expect((await request(path, batch(events))).status).toBe(201);
    expect(commits).toEqual([8]);
    const before = (await tutti.client.showTopic('orders')).count;
    isFull = true;
    const refused = await request(
      path,
      batch(events.map((one) => ({ ...one, id: `${String(one['id'])}-2` }))),
    );
    expect(refused.status).toBe(500);
    isFull = false;
    expect((await tutti.client.showTopic('orders')).count).toBe(before);
  });
});

describe('following a topic', () => {
  it('resumes behind Last-Event-ID over all partitions, without a gap and without a repetition', async () => {
    const { request } = await openHttpScene([orders(3)]);
    const ids = Array.from({ length: 12 }, (_, index) => `e${index}`);
    await request(path, batch(ids.map((id) => cloudEvent(id))));
    const seen: string[] = [];
    let lastId = '';
    const take = async (count: number, headers: Record<string, string>): Promise<void> => {
      const abort = new AbortController();
      const next = blocksOf(await request(`${path}?from=oldest`, { headers, signal: abort.signal }));
      await next();
      for (let taken = 0; taken < count; taken += 1) {
        const block = (await next()) ?? '';
        lastId = /^id: (.*)$/m.exec(block)?.[1] ?? '';
        seen.push((JSON.parse(block.split('data: ')[1] ?? '') as { id: string }).id);
      }
      abort.abort();
    };
    await take(5, {});
    await take(7, { 'last-event-id': lastId });
    expect(seen.toSorted()).toEqual(ids.toSorted());
  });

  it('sees what is published later, filtered by type and by pattern', async () => {
    const source = orders();
    const { request } = await openHttpScene([source]);
    const filter = encodeURIComponent(JSON.stringify({ data: { total: [{ numeric: ['>', 10] }] } }));
    const next = blocksOf(await request(`${path}?types=order.placed&filter=${filter}`));
    await next();
    await source.publish(Placed({ id: 'small', total: 1 }));
    await source.publish(Canceled({ id: 'gone' }));
    await source.publish(Placed({ id: 'large', total: 11 }));
    expect(await next()).toContain('"id":"large"');
  });

  it('shows that it lives while nothing is published, with the position it has reached', async () => {
    const timers: (() => void)[] = [];
    const serverClock = {
      now: () => Date.now(),
      setTimer: (delayMs: number, callback: () => void) => {
        if (delayMs < 15_000) return systemClock.setTimer(delayMs, callback);
        timers.push(callback);
        return { cancel: () => undefined };
      },
    };
    const { request } = await openHttpScene([orders()], { serverClock });
    const next = blocksOf(await request(path));
    await next();
    await expect.poll(() => timers.length).toBeGreaterThan(0);
    timers[0]?.();
    expect(await next()).toBe('id: 0\n: alive');
  });

  it('ends cleanly when the server stops', async () => {
    const { server, request } = await openHttpScene([orders()]);
    const next = blocksOf(await request(path));
    await next();
    await server.close();
    expect(await next()).toBeNull();
  });

  it.each([
    ['from=99', 416, 'TUTTI_OFFSET_OUT_OF_RANGE'],
    ['from=1_2', 400, 'TUTTI_OPTION_INVALID'],
    ['filter=%7B%22a%22%3A%5B%7B%22regex%22%3A%22x%22%7D%5D%7D', 400, 'TUTTI_PATTERN_INVALID'],
    ['form=tip', 400, 'TUTTI_OPTION_UNKNOWN'],
  ])('?%s is refused', async (query, status, code) => {
    const { request } = await openHttpScene([orders()]);
    const answer = await request(`${path}?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  });
});

describe('the AsyncAPI document', () => {
  it('is valid by the published schema and describes each payload', async () => {
    const other = topic('audit.log-1', { events: [event('seen by/us')] });
    const { request } = await openHttpScene([orders(), other]);
    const document = (await (await request('/v1/asyncapi.json')).json()) as Record<string, never>;
    const schema = specifications.schemasWithoutId['3.1.0'] as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    expect([validate(document), validate.errors]).toEqual([true, null]);
    expect(validate({ ...document, channels: { orders: { address: 5 } } })).toBe(false);
    expect(document).toMatchObject({
      asyncapi: '3.1.0',
      info: { version: '1.2.3' },
      channels: { orders: { address: path } },
      components: {
        messages: {
          'orders.order.placed': {
            payload: { properties: { data: { properties: { total: { type: 'number' } } } } },
          },
        },
      },
    });
  });
});

it('a gateway serves the topics of the code that is in force', async () => {
  const tutti = await createTutti({ store: ':memory:', definitions: [orders()] });
  await tutti.replaceDefinitions([topic('later', { events: [Placed] })]);
  await expect(tutti.gateway.publish('orders', [cloudEvent('x')])).rejects.toMatchObject({
    code: 'TUTTI_TOPIC_NOT_FOUND',
  });
  await tutti.stop();
});
