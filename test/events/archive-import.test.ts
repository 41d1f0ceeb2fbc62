/** Imports: each line once, whatever is cut off, repeated or refused. */
import { describe, expect, it } from 'vitest';
import type { Client } from 'tutti';
import { systemClock } from '../../src/base/clock.ts';
import { checkArchive, Pace, publishArchive } from '../../src/events/index.ts';
import {
  each,
  hastyClock,
  allEvents,
  Counted,
  engineWith,
  exported,
  imported,
  Noted,
  notesTopic,
} from './archive-scene.ts';

/** A target that is cut off at its `call`-th call: before it does anything, or after, when only the answer is lost. */
function cutOff(
  client: Client,
  call: number,
  when: 'before' | 'after',
): Pick<Client, 'checkArchive' | 'importArchive'> {
  let calls = 0;
  return {
    checkArchive: (...args) => client.checkArchive(...args),
    importArchive: async (...args) => {
      calls += 1;
      if (calls === call && when === 'before') throw new Error('cut off');
      const answer = await client.importArchive(...args);
      if (calls === call) throw new Error('cut off');
      return answer;
    },
  };
}

async function archiveOf(count: number): Promise<readonly string[]> {
  const notes = notesTopic('notes', 3);
  const tutti = await engineWith({ definitions: [notes] });
  for (let n = 0; n < count; n += 1) await notes.publish(Counted({ n }), { key: `k${n % 7}` });
  return exported(tutti.client, 'notes');
}

describe('an import that is cut off', () => {
  it.each([
    ['before it was sent', 'before'],
    ['before its answer came', 'after'],
  ] as const)('at a chunk %s, and repeated, publishes each line once and in order', async (_what, when) => {
    const lines = await archiveOf(40);
    for (let call = 1; call <= 9; call += 2) {
      const tutti = await engineWith({ definitions: [notesTopic('copy', 2)] });
      const cut = imported(cutOff(tutti.client, call, when), 'copy', lines, { intervalMs: 20 });
      await expect(cut).rejects.toThrow('cut off');
      // In other chunks than before: what is done is a number of lines, not of chunks.
      const again = await imported(tutti.client, 'copy', lines, { intervalMs: 14 });
      expect(again).toMatchObject({ isComplete: true, lines: 40 });
      const events = await allEvents(tutti.client, 'copy');
      expect(events).toHaveLength(40);
      for (const members of Map.groupBy(events, ({ key }) => key).values()) {
        const numbers = members.map(({ data }) => (data as { n: number }).n);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
    }
  });

  it('may be begun twice at a time', async () => {
    const lines = await archiveOf(60);
    const tutti = await engineWith({ definitions: [notesTopic('copy', 2)] });
    const both = await Promise.all(
      [10, 25].map((intervalMs) => imported(tutti.client, 'copy', lines, { intervalMs })),
    );
    expect(both.map(({ isComplete }) => isComplete)).toEqual([true, true]);
    expect(both.reduce((sum, { events }) => sum + events, 0)).toBe(60);
    expect(await allEvents(tutti.client, 'copy')).toHaveLength(60);
  });
});

describe('an import', () => {
  it('that is called again publishes nothing, and under another name all once more', async () => {
    const lines = await archiveOf(10);
    const tutti = await engineWith({ definitions: [notesTopic('copy', 2)] });
    await imported(tutti.client, 'copy', lines);
    expect(await imported(tutti.client, 'copy', lines)).toMatchObject({ events: 0, doneBefore: 10 });
    expect(await imported(tutti.client, 'copy', lines, { as: ':again' })).toMatchObject({ events: 10 });
    expect(await allEvents(tutti.client, 'copy')).toHaveLength(20);
  });

  it('into the topic it came from meets its window of duplicates, unless it is given new ids', async () => {
    const notes = notesTopic('notes', 2, { dedupe: { within: '10m' } });
    const tutti = await engineWith({ definitions: [notes] });
    for (let n = 0; n < 5; n += 1) await notes.publish(Counted({ n }));
    const lines = await exported(tutti.client, 'notes');
    expect(await imported(tutti.client, 'notes', lines)).toMatchObject({ events: 5, duplicates: 5 });
    const renamed = await imported(tutti.client, 'notes', lines, { ids: 'new', as: ':new' });
    expect(renamed).toMatchObject({ events: 5, duplicates: 0 });
    const events = await allEvents(tutti.client, 'notes');
    expect(events).toHaveLength(10);
    const [first, copy] = events.filter(({ data }) => (data as { n: number }).n === 0);
    expect(copy?.id).not.toBe(first?.id);
    expect(copy).toMatchObject({ time: first?.time, correlationId: first?.id });
  });

  it('with new times forgets when events happened and expire; with kept ones the expired stay undelivered', async () => {
    const notes = notesTopic('notes', 1);
    const [kept, renewed] = [notesTopic('kept', 1), notesTopic('renewed', 1)];
    const seen: string[] = [];
    for (const one of [kept, renewed])
      one.subscribe('seen', { from: 'oldest', handler: (e) => void seen.push(e.topic) });
    let now = 1_000_000;
    const clock = { ...systemClock, now: () => now };
    const tutti = await engineWith({ definitions: [notes, kept, renewed], clock });
    await notes.publish(Noted(1, { time: 1_000 }), { ttl: 1 });
    const lines = await exported(tutti.client, 'notes');
    now += 10;
    await imported(tutti.client, 'kept', lines);
    await imported(tutti.client, 'renewed', lines, { times: 'new' });
    expect((await allEvents(tutti.client, 'kept'))[0]).toMatchObject({ time: '1970-01-01T00:00:01.000Z' });
    const [one] = await allEvents(tutti.client, 'renewed');
    expect(one?.expiresAt).toBeNull();
    expect(Date.parse(one?.time ?? '')).toBeGreaterThan(1_000);
    await tutti.start();
    await tutti.events.settled();
    expect(seen).toEqual(['renewed']);
  });

  it('keeps to its rate', async () => {
    const lines = await archiveOf(30);
    const tutti = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const clock = hastyClock();
    const begun = clock.now();
    await imported(tutti.client, 'copy', lines, { intervalMs: 200, clock });
    expect(clock.now() - begun).toBe(30 * 200);
  });

  it('that is stopped goes on where it was', async () => {
    const lines = await archiveOf(20);
    const tutti = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const what = { target: tutti.client, topic: 'copy', text: () => each(lines), options: {} };
    const stop = new AbortController();
    const checked = await checkArchive(what, { signal: stop.signal });
    const pace = new Pace(hastyClock(), 20);
    const toPublish = { ...what, archive: checked.digest, pace, checked };
    const onProgress = (done: number): void => void (done >= 10 && stop.abort());
    const stopped = await publishArchive(toPublish, { signal: stop.signal, onProgress });
    expect(stopped).toMatchObject({ isComplete: false, events: 10 });
    const rest = await imported(tutti.client, 'copy', lines);
    expect(rest).toMatchObject({ isComplete: true, events: 10, doneBefore: 10 });
  });

  it('of lines from elsewhere computes keys, and applies schemas, as a publish does', async () => {
    const tutti = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const line = { specversion: '1.0', id: 'a', source: 's', type: 'counted', data: { n: 1, more: true } };
    await imported(tutti.client, 'copy', [JSON.stringify(line), '', '  ']);
    expect(await allEvents(tutti.client, 'copy')).toMatchObject([
      { key: 'computed', data: { n: 1 }, id: 'a' },
    ]);
  });
});

const good = { specversion: '1.0', id: 'a', source: 's', type: 'counted', data: { n: 1 } };

describe('bad input to an import', () => {
  it.each([
    ['no JSON', '{"specversion":', 'TUTTI_EVENT_INVALID', /not JSON/],
    ['no object', '[1]', 'TUTTI_EVENT_INVALID', /expected a CloudEvent/],
    ['no CloudEvent', '{}', 'TUTTI_EVENT_INVALID', /specversion is absent/],
    ['an unknown type', JSON.stringify({ ...good, type: 'count' }), 'TUTTI_EVENT_UNKNOWN', /"counted"/],
    ['wrong data', JSON.stringify({ ...good, data: { n: 'x' } }), 'TUTTI_INPUT_INVALID', /data/],
    [
      'an unknown version',
      JSON.stringify({ ...good, tuttioffset: 1, dataversion: 2 }),
      'TUTTI_EVENT_INVALID',
      /1 to 1/,
    ],
    [
      'broken headers',
      JSON.stringify({ ...good, tuttioffset: 1, tuttiheaders: '[' }),
      'TUTTI_EVENT_INVALID',
      /tuttiheaders/,
    ],
    ['too many hops', JSON.stringify({ ...good, tuttioffset: 1, hops: 99 }), 'TUTTI_EVENT_LOOP', /99/],
  ])('such as %s is refused by its line, and nothing is published', async (_what, line, code, says) => {
    const tutti = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const chunk = { line: 5, lines: [JSON.stringify(good), line] };
    const { events, bad } = await tutti.client.checkArchive('copy', chunk);
    expect([events, bad.length]).toEqual([1, 1]);
    expect(bad[0]).toMatchObject({ line: 6, code });
    expect(bad[0]?.message).toMatch(says);
    const result = await tutti.client.importArchive('copy', { archive: 'a', ...chunk, line: 1 });
    expect(result).toMatchObject({ next: 1, events: 0, bad: [{ line: 2 }] });
    expect(await allEvents(tutti.client, 'copy')).toEqual([]);
    const skipped = await tutti.client.importArchive('copy', {
      archive: 'a',
      ...chunk,
      line: 1,
      skipBad: true,
    });
    expect(skipped).toMatchObject({ next: 3, events: 1, bad: [{ line: 2 }] });
  });

  it('such as lines that leave a gap, too many of them, or a name that is none, is refused', async () => {
    const { client } = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const call = (chunk: object): Promise<unknown> =>
      client.importArchive('copy', { archive: 'a', line: 1, lines: [], ...chunk });
    await expect(call({ line: 2, lines: ['{}'] })).rejects.toThrow('would leave a gap');
    await expect(call({ line: 0 })).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
    await expect(call({ archive: 'a/b' })).rejects.toMatchObject({ code: 'TUTTI_OPTION_INVALID' });
    await expect(call({ lines: Array(1_001).fill('') })).rejects.toMatchObject({
      code: 'TUTTI_OPTION_INVALID',
    });
    await expect(client.checkArchive('cpy', { line: 1, lines: [] })).rejects.toThrow('did you mean "copy"');
  });

  it('such as other lines in the second reading is noticed', async () => {
    const tutti = await engineWith({ definitions: [notesTopic('copy', 1)] });
    const readings = [[JSON.stringify(good)], [JSON.stringify({ ...good, id: 'b' })]];
    const text = (): AsyncGenerator<string> => each(readings.shift() ?? []);
    const what = { target: tutti.client, topic: 'copy', text, options: {} };
    const steps = { signal: new AbortController().signal };
    const checked = await checkArchive(what, steps);
    const toPublish = { ...what, archive: 'a', pace: new Pace(hastyClock(), 0), checked };
    await expect(publishArchive(toPublish, steps)).rejects.toMatchObject({ code: 'TUTTI_ARCHIVE_DAMAGED' });
  });
});
