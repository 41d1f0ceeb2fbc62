/** Archives: what is exported and imported is what was published, in the order of each key. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTutti, event, topic, type Tutti } from 'tutti';
import { z } from 'zod';
import { ArchiveExport } from '../../src/events/index.ts';
import { createHttpClient } from '../../src/http/index.ts';
import {
  allEvents,
  byKey,
  Counted,
  engineWith,
  exported,
  imported,
  Noted,
  notesTopic,
} from './archive-scene.ts';
import { openHttpScene } from './http-scene.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const drawn = fc.record(
  {
    data: fc.jsonValue(),
    key: fc.option(fc.constantFrom('a', 'b', 'ä,"\n'), { nil: null }),
    source: text,
    subject: text,
    time: fc.integer({ min: 0, max: 4e12 }),
    headers: fc.dictionary(text, text, { maxKeys: 3 }),
    hops: fc.nat(30),
    causationId: fc.option(text, { nil: null }),
    correlationId: text,
    ttl: fc.integer({ min: 1, max: 1e9 }),
  },
  { requiredKeys: ['data', 'key', 'hops', 'causationId'] },
);
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

async function publishDrawn({ engine, events }: Tutti, name: string, all: readonly Drawn[]): Promise<void> {
  const settings = events.publisher.topic(name);
  for (const [index, one] of all.entries()) {
    const { data, key, ttl, hops, causationId, correlationId, ...attributes } = one;
    const origin = { correlationId: correlationId ?? `e${index}`, causationId, hops, traceparent: null };
    const made = { ...Noted(data), ...attributes, id: `e${index}` };
    const options = { key, ...(ttl === undefined ? {} : { ttl }) };
    const prepared = await events.publisher.prepare(settings, made, { options, origin });
    await engine.append(prepared.append);
  }
}

describe('an export that is imported', () => {
  it('gives the same events, in the same order per key, whatever the partitions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(drawn, { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (all, from, to) => {
          const tutti = await createTutti({
            store: ':memory:',
            definitions: [notesTopic('notes', from), notesTopic('copy', to)],
          });
          await publishDrawn(tutti, 'notes', all);
          const lines = await exported(tutti.client, 'notes');
          const report = await imported(tutti.client, 'copy', lines);
          expect(report).toMatchObject({ events: all.length, badLines: 0, isComplete: true });
          const copy = byKey(await allEvents(tutti.client, 'copy'));
          expect(copy).toEqual(byKey(await allEvents(tutti.client, 'notes')));
          await tutti.stop();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('says where each event was, and is made of CloudEvents', async () => {
    const notes = notesTopic('notes', 1);
    const tutti = await engineWith({ definitions: [notes] });
    await notes.publish(Noted({ n: 1 }, { headers: { 'X-Trace': 't' } }), { key: 'k' });
    const [line] = (await exported(tutti.client, 'notes')).map((one) => JSON.parse(one) as object);
    expect(line).toMatchObject({
      specversion: '1.0',
      type: 'noted',
      partitionkey: 'k',
      tuttitopic: 'notes',
      tuttipartition: 0,
      tuttioffset: 0,
      xtrace: 't',
      tuttiheaders: '{"X-Trace":"t"}',
    });
  });

  it('keeps data in the version it was written in, and readers are given the newest', async () => {
    const Old = event('priced', { schema: z.object({ cents: z.number() }) });
    const New = event('priced', {
      version: 2,
      schema: z.object({ euros: z.number() }),
      upcasters: { 1: (data) => ({ euros: (data as { cents: number }).cents / 100 }) },
    });
    const then = topic('prices', { events: [Old] });
    const before = await engineWith({ definitions: [then] });
    await then.publish(Old({ cents: 250 }));
    const lines = await exported(before.client, 'prices');
    const after = await engineWith({ definitions: [topic('prices', { events: [New] })] });
    await imported(after.client, 'prices', lines);
    const [priced] = await allEvents(after.client, 'prices');
    expect(priced).toMatchObject({ version: 2, data: { euros: 2.5 } });
    expect(JSON.parse((await exported(after.client, 'prices'))[0] ?? '')).toMatchObject({
      data: { cents: 250 },
    });
    const backwards = await imported(before.client, 'prices', await exported(after.client, 'prices'), {
      as: ':x',
    });
    expect(backwards.events).toBe(1);
  });

  it('keeps what a schema made of the data, and does not make it once more', async () => {
    const Parsed = event('parsed', {
      schema: z.object({ n: z.number() }).transform(({ n }) => ({ n: n + 1 })),
    });
    const [one, two] = [topic('one', { events: [Parsed] }), topic('two', { events: [Parsed] })];
    const tutti = await engineWith({ definitions: [one, two] });
    await one.publish(Parsed({ n: 1 }));
    await imported(tutti.client, 'two', await exported(tutti.client, 'one'));
    expect((await allEvents(tutti.client, 'two'))[0]?.data).toEqual({ n: 2 });
  });
});

describe('an export', () => {
  it('holds what lies in the range and has the wanted types and keys', async () => {
    const notes = notesTopic('notes', 1);
    const tutti = await engineWith({ definitions: [notes] });
    for (let n = 0; n < 6; n += 1) {
      await notes.publish(n % 2 === 0 ? Counted({ n }) : Noted({ n }), { key: n < 3 ? 'low' : 'high' });
    }
    const numbers = async (options: object): Promise<readonly unknown[]> =>
      (await exported(tutti.client, 'notes', options)).map(
        (line) => (JSON.parse(line) as { data: { n: number } }).data.n,
      );
    expect(await numbers({ from: '1', to: '4' })).toEqual([1, 2, 3]);
    expect(await numbers({ types: ['counted'] })).toEqual([0, 2, 4]);
    expect(await numbers({ keys: ['low'], types: ['noted'] })).toEqual([1]);
    expect(await numbers({ from: 'tip' })).toEqual([]);
    expect(await numbers({ from: '2000-01-01', to: '2001-01-01' })).toEqual([]);
    await expect(numbers({ from: '9' })).rejects.toMatchObject({ code: 'TUTTI_OFFSET_OUT_OF_RANGE' });
    await expect(numbers({ partition: 3 })).rejects.toMatchObject({ code: 'TUTTI_OFFSET_OUT_OF_RANGE' });
  });

  it('refuses an offset where each partition has its own', async () => {
    const tutti = await engineWith({ definitions: [notesTopic('notes', 2)] });
    await expect(exported(tutti.client, 'notes', { from: '1' })).rejects.toMatchObject({
      code: 'TUTTI_OPTION_INVALID',
    });
  });

  it('ends where the topic ended when it began, though more is published meanwhile', async () => {
    const notes = notesTopic('notes', 2);
    const tutti = await engineWith({ definitions: [notes] });
    const publish = (n: number): Promise<unknown> => notes.publish(Counted({ n }), { key: `k${n}` });
    for (let n = 0; n < 10; n += 1) await publish(n);
    const archive = new ArchiveExport(tutti.client, 'notes');
    let lines = 0;
    for await (const piece of archive.text()) {
      lines += piece.split('\n').length - 1;
      for (let n = 0; n < 10; n += 1) await publish(n);
    }
    expect(lines).toBe(10);
    expect(archive.report.events).toBe(10);
  });

  it('reads large events a few at a time', async () => {
    const notes = notesTopic('notes', 1);
    const tutti = await engineWith({ definitions: [notes] });
    await notes.publishAll(Array.from({ length: 20 }, () => Noted('x'.repeat(400_000))));
    const sizes: number[] = [];
    for await (const piece of new ArchiveExport(tutti.client, 'notes').text()) sizes.push(piece.length);
    expect(sizes.length).toBeGreaterThan(5);
    expect(Math.max(...sizes)).toBeLessThan(2_000_000);
  });
});

it('archives are read, checked and imported over HTTP alike', async () => {
  const [notes, copy] = [notesTopic('notes', 2), notesTopic('copy', 1)];
  const { server } = await openHttpScene([notes, copy]);
  for (let n = 0; n < 5; n += 1) await notes.publish(Counted({ n }), { key: n === 0 ? 'a,b' : null });
  const client = createHttpClient({ url: server.url, token: 'correct-horse' });
  const lines = await exported(client, 'notes');
  expect(await exported(client, 'notes', { keys: ['a,b'] })).toHaveLength(1);
  expect(await imported(client, 'copy', lines, { intervalMs: 40 })).toMatchObject({ events: 5 });
  expect(byKey(await allEvents(client, 'copy'))).toEqual(byKey(await allEvents(client, 'notes')));
  const { bad } = await client.checkArchive('copy', { line: 1, lines: ['{'] });
  expect(bad).toMatchObject([{ line: 1, code: 'TUTTI_EVENT_INVALID' }]);
});
