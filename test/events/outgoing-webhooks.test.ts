/** Webhooks to others over real sockets on loopback, with the reference library on the other side. */
import { Webhook } from 'standardwebhooks';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTutti, outgoingWebhook, type Tutti } from 'tutti';
import type { openHttpScene } from './http-scene.ts';
import { answer, Charged, charges, newSecret, ok, receiver, secret } from './webhook-scene.ts';

async function open(...definitions: Parameters<typeof openHttpScene>[0]): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', definitions });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return tutti;
}

/** The receivers of these tests are on loopback. */
const allowPrivate = true;
const fast = { initialInterval: 1, maximumInterval: 1, maximumAttempts: 3, jitter: 0 } as const;

describe('a webhook to others', () => {
  it('is verified by the reference library, with the old and with the new secret', async () => {
    const { url, delivered } = await receiver(ok);
    const from = charges();
    outgoingWebhook(from, 'partner', { url, allowPrivate, secret: [newSecret, secret] });
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
    const partner = outgoingWebhook(from, 'partner', { url, allowPrivate, secret }, { retry: fast });
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
      { url, allowPrivate, secret },
      { retry: { initialInterval: '1h', maximumInterval: '1h', jitter: 0 } },
    );
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(2);
  });

  it('waits until the date of a Retry-After too, of an answer 503', async () => {
    const { url, delivered } = await receiver((response) => {
      const soon = new Date(Date.now() - 1_000).toUTCString();
      response.writeHead(503, { 'retry-after': soon }).end();
    }, ok);
    const from = charges();
    const retry = { initialInterval: '1h', maximumInterval: '1h', jitter: 0 } as const;
    outgoingWebhook(from, 'partner', { url, allowPrivate, secret }, { retry });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length, { timeout: 5_000 }).toBe(2);
  });

  it('does not follow a redirect: the signed event goes to the declared address alone', async () => {
    const elsewhere = await receiver(ok);
    const { url } = await receiver(answer(302, '', { location: elsewhere.url }));
    const from = charges();
    const partner = outgoingWebhook(from, 'partner', { url, allowPrivate, secret }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect(elsewhere.delivered).toEqual([]);
  });

  it('that is not answered in time is given up and tried again', async () => {
    const { url, delivered } = await receiver(() => undefined, ok);
    const from = charges();
    outgoingWebhook(from, 'partner', { url, allowPrivate, secret, timeout: '50ms' }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length, { timeout: 20_000 }).toBe(2);
  });

  it('sends CloudEvents if asked, and only events that match', async () => {
    const { url, delivered } = await receiver(ok);
    const from = charges();
    const filter = { data: { cents: [{ numeric: ['>', 5] as const }] } };
    outgoingWebhook(
      from,
      'partner',
      { url, allowPrivate, secret, format: 'cloudevents' },
      { filter: filter as never },
    );
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

describe('a webhook whose receiver answers 410', () => {
  it('is paused with the reason, sends nothing more, and goes on with the same event when it is resumed', async () => {
    const { url, delivered } = await receiver(answer(410, 'moved away'), ok);
    const from = charges();
    const partner = outgoingWebhook(from, 'partner', { url, allowPrivate, secret }, { retry: fast });
    const tutti = await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await tutti.client.showConsumer('partner')).state).toBe('paused');
    expect(await tutti.client.listConsumers()).toMatchObject([
      { pausedBecause: expect.stringContaining('answered 410 to webhook "partner": moved away') },
    ]);
    await from.publish(Charged({ id: 'c2', cents: 6 }));
    await tutti.events.tidy();
    await tutti.events.settled();
    expect(delivered).toHaveLength(1);
    expect(await partner.deadLetters.list()).toEqual([]);
    expect(await tutti.client.resumeConsumer('partner')).toMatchObject({ pausedBecause: null });
    await expect.poll(() => delivered.length).toBe(3);
    expect(delivered.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id)).toEqual(
      expect.arrayContaining(['c1', 'c2']),
    );
    expect(delivered[1]?.headers['webhook-id']).toBe(delivered[0]?.headers['webhook-id']);
    await expect.poll(async () => (await tutti.client.showConsumer('partner')).lag).toBe(0);
    expect(await partner.deadLetters.list()).toEqual([]);
  });

  it('is paused for what is redriven and replayed too', async () => {
    const { url, delivered } = await receiver(answer(500), answer(410), ok);
    const from = charges();
    const once = { ...fast, maximumAttempts: 1 };
    const partner = outgoingWebhook(from, 'partner', { url, allowPrivate, secret }, { retry: once });
    const tutti = await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    await partner.deadLetters.redrive();
    await expect.poll(async () => (await tutti.client.showConsumer('partner')).state).toBe('paused');
    await from.publish(Charged({ id: 'c2', cents: 6 }));
    await tutti.events.tidy();
    await tutti.events.settled();
    expect(delivered).toHaveLength(2);
    await partner.resume();
    await expect.poll(() => delivered.length).toBe(4);
  });
});

describe('a webhook to the own network', () => {
  it.each([
    'http://127.0.0.1/',
    'https://10.1.2.3/',
    'http://[::1]/',
    'http://2130706433/',
    'http://[::ffff:7f00:1]/',
  ])('at %s is refused at declaration, unless it is allowed', (url) => {
    expect(() => outgoingWebhook(charges(), 'partner', { url, secret })).toThrow(/allowPrivate/);
    expect(outgoingWebhook(charges(), 'partner', { url, allowPrivate, secret }).name).toBe('partner');
  });

  it('under a name is refused when it is connected to, and nothing is sent', async () => {
    const { url, delivered } = await receiver(ok);
    const from = charges();
    const named = url.replace('127.0.0.1', 'localhost');
    const partner = outgoingWebhook(from, 'partner', { url: named, secret }, { retry: fast });
    await open(from);
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect((await partner.deadLetters.list())[0]).toMatchObject({
      attempts: 3,
      cause: 'TUTTI_ADDRESS_REFUSED',
    });
    expect(delivered).toEqual([]);
  });

  it('that is allowed lends its connection to no other', async () => {
    const { url, delivered } = await receiver(ok);
    const named = url.replace('127.0.0.1', 'localhost');
    const from = charges();
    outgoingWebhook(from, 'open', { url: named, allowPrivate, secret }, { retry: fast });
    const partner = outgoingWebhook(from, 'partner', { url: named, secret }, { retry: fast });
    await open(from);
    await partner.pause();
    await from.publish(Charged({ id: 'c1', cents: 5 }));
    await expect.poll(() => delivered.length).toBe(1);
    // The connection of the other one is idle now, and kept.
    await partner.resume();
    await expect.poll(async () => (await partner.deadLetters.list()).length).toBe(1);
    expect(delivered).toHaveLength(1);
  });
});
