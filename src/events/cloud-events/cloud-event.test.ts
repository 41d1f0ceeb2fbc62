import fc from 'fast-check';
import { expect, it } from 'vitest';
import { event } from '../model/event.ts';
import { topic } from '../model/topic.ts';
import { fromCloudEvent, toCloudEvent } from './cloud-event.ts';

const { settings } = topic('t', { events: [event('x', { version: 2 })] });
const given = { specversion: '1.0', id: 'i', source: '/s', type: 'x' };

it('keeps every extension that a sender invents, under its name', () => {
  const name = fc.stringMatching(/^[a-z0-9]{1,20}$/).map((text) => `x${text}`);
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), (extensions) => {
      const { headers = {} } = fromCloudEvent(settings, { ...given, ...extensions }).event;
      expect({ ...headers }).toEqual({ ...extensions });
    }),
  );
});

it('takes numbers and truth values of extensions as text, and null as absent', () => {
  const { event: made } = fromCloudEvent(settings, { ...given, n: 5, yes: true, none: null });
  expect(made.headers).toEqual({ n: '5', yes: 'true' });
});

it('gives a cause to an event that tells one, and none to others', () => {
  expect(fromCloudEvent(settings, given).origin).toBeNull();
  expect(fromCloudEvent(settings, { ...given, causationid: 'c', hops: 3 }).origin).toEqual({
    correlationId: 'i',
    causationId: 'c',
    hops: 3,
    traceparent: null,
  });
});

it.each([
  [null],
  [[]],
  ['text'],
  [{ ...given, type: 5 }],
  [{ ...given, hops: -1 }],
  [{ ...given, subject: {} }],
  [{ ...given, dataversion: 3 }],
  [{ ...given, dataversion: 0 }],
  [{ ...given, datacontenttype: 'text/xml' }],
  [{ ...given, data_base64: 'no base64' }],
])('refuses %j', (wrong) => {
  expect(() => fromCloudEvent(settings, wrong)).toThrow(
    expect.objectContaining({ code: 'TUTTI_EVENT_INVALID' }),
  );
});

it('reads JSON that comes as bytes', () => {
  const data_base64 = Buffer.from('{"id":"ä"}').toString('base64');
  expect(fromCloudEvent(settings, { ...given, data_base64 }).event.data).toEqual({ id: 'ä' });
});

it('takes data of an older version, which a publish upcasts', () => {
  expect(fromCloudEvent(settings, { ...given, dataversion: 1 }).event.version).toBe(1);
});

it('writes a header of any name so that no attribute is replaced by it', () => {
  const published = {
    ...{
      id: 'i',
      type: 'x',
      source: '/s',
      subject: null,
      time: '2026-01-01T00:00:00.000Z',
      key: null,
      version: 2,
    },
    ...{ data: 1, topic: 't', partition: 0, offset: 7, correlationId: 'i', causationId: null, hops: 0 },
    ...{
      traceparent: null,
      expiresAt: null,
      priority: 0,
      headers: { 'X-Tenant': 'a', ID: 'forged', data: 'forged' },
    },
  };
  expect(toCloudEvent(published)).toMatchObject({
    id: 'i',
    data: 1,
    xtenant: 'a',
    sequence: '0000000000000007',
  });
});
