import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { Asset, AssetUse, Definition, Store } from '../../src/engine/index.ts';
import {
  all,
  any,
  cron,
  declareAsset as asset,
  lineageEvents,
  listAssets,
  partitions,
  showAsset,
} from '../../src/schedules/index.ts';
import { decodeRunInput } from '../../src/engine/index.ts';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { openStore } from '../stores/sqlite-scene.ts';
import { definition, type Code } from './engine-scene.ts';
import { runByHand as run, ScheduleScene } from './schedule-scene.ts';

const stores: readonly (readonly [name: string, open: () => Promise<Store>])[] = [
  ['memory', async () => createMemoryStore()],
  ['SQLite', () => openStore()],
];

const raw = asset('raw');
const rates = asset('rates');
const start = '2026-01-20T12:00:00Z';

function using(name: string, use: Partial<AssetUse>, code: Code = async () => null): Definition {
  return {
    ...definition(name, code),
    assets: { produces: [], consumes: [], when: null, partitionOf: null, ...use },
  };
}

function makes(name: string, ...produces: readonly Asset[]): Definition {
  return using(name, { produces });
}

async function startedBy(world: ScheduleScene, name: string): Promise<number> {
  return (await world.store.listRuns({ definition: name })).length;
}

describe('partitions', () => {
  it('by days are those of the zone', () => {
    const daily = partitions.daily('2026-01-01', 'Europe/Zurich');
    expect(daily.keyAt(Date.parse('2026-01-01T23:30:00Z'))).toBe('2026-01-02');
    expect(daily.keyAt(Date.parse('2025-12-31T12:00:00Z'))).toBeNull();
    expect(daily.intervalOf('2026-03-29')).toEqual({
      start: Date.parse('2026-03-28T23:00:00Z'),
      end: Date.parse('2026-03-29T22:00:00Z'),
    });
    expect([daily.has('2026-02-30'), daily.has('2025-12-31'), daily.has('2026-02-28')]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('by weeks begin every seven days', () => {
    const weekly = partitions.weekly('2026-01-05');
    expect(weekly.keyAt(Date.parse('2026-01-18T12:00:00Z'))).toBe('2026-01-12');
    expect([weekly.has('2026-01-12'), weekly.has('2026-01-13')]).toEqual([true, false]);
  });

  it('are listed, or anything', () => {
    expect(partitions.list(['eu', 'us']).has('asia')).toBe(false);
    expect(partitions.dynamic().has('anything')).toBe(true);
    expect(partitions.dynamic().has('a|b')).toBe(false);
    expect(() => partitions.list([])).toThrow('is empty');
    expect(() => partitions.daily('soon')).toThrow("begin on 'soon'");
  });
});

describe('a condition that cannot work is refused at once', () => {
  it.each([
    [() => any(), 'has no parts'],
    [() => all('raw' as unknown as Asset), 'no asset, schedule or condition'],
    [() => asset('two words'), "is named 'two words'"],
  ])('case %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe.each(stores)('assets on %s', (_, open) => {
  const scene = async (): Promise<ScheduleScene> => new ScheduleScene(await open(), start);

  it('are updated when a run completes, and only then', async () => {
    const world = await scene();
    const fails = using('fails', { produces: [rates] }, async () => {
      throw new Error('broken');
    });
    const worker = await world.work([makes('load', raw), fails]);
    await run(world, worker, 'load', 'load:1');
    await run(world, worker, 'fails');
    const found = await listAssets(worker.engine);
    expect(found.map(({ name, made, last }) => [name, made, last?.run ?? null])).toEqual([
      ['rates', 0, null],
      ['raw', 1, 'load:1'],
    ]);
    await expect(showAsset(worker.engine, 'rawe')).rejects.toThrow("did you mean 'raw'?");
  });

  it('start what waits for any of them', async () => {
    const world = await scene();
    const worker = await world.work([
      makes('load', raw),
      makes('fetch', rates),
      using('report', { when: any(raw, rates) }),
    ]);
    await run(world, worker, 'load');
    expect(await startedBy(world, 'report')).toBe(1);
    await run(world, worker, 'fetch');
    expect(await startedBy(world, 'report')).toBe(2);
  });

  it('start what waits for all of them once each was updated', async () => {
    const world = await scene();
    const worker = await world.work([
      makes('load', raw),
      makes('fetch', rates),
      using('report', { when: all(raw, rates) }),
    ]);
    await run(world, worker, 'load', 'load:1');
    await run(world, worker, 'load', 'load:2');
    expect(await startedBy(world, 'report')).toBe(0);
    await run(world, worker, 'fetch', 'fetch:1');
    expect(await startedBy(world, 'report')).toBe(1);
    await run(world, worker, 'fetch', 'fetch:2');
    expect(await startedBy(world, 'report')).toBe(1);
  });

  it('or time start a run', async () => {
    const world = await scene();
    const code = [makes('load', raw), using('report', { when: any(raw, cron('0 6 * * *')) })];
    const worker = await world.work(code);
    await world.at('2026-01-21T06:00:00Z');
    expect(await startedBy(world, 'report')).toBe(1);
    await run(world, worker, 'load');
    expect(await startedBy(world, 'report')).toBe(2);
    await world.at('2026-01-22T06:00:00Z');
    expect(await startedBy(world, 'report')).toBe(3);
  });

  it('that were made before a rule was there start nothing', async () => {
    const world = await scene();
    const first = await world.work([makes('load', raw)]);
    await run(world, first, 'load');
    await first.stop();
    const second = await world.work([makes('load', raw), using('report', { when: raw })]);
    expect(await startedBy(world, 'report')).toBe(0);
    await run(world, second, 'load');
    expect(await startedBy(world, 'report')).toBe(1);
  });

  it('that were made while nobody looked start one run, whoever looks first', async () => {
    const world = await scene();
    const report = using('report', { when: raw });
    await (await world.work([report])).stop();
    const loader = await world.work([makes('load', raw)]);
    await run(world, loader, 'load');
    await loader.stop();
    await world.work([report]);
    await world.work([report]);
    await world.settled();
    expect(await startedBy(world, 'report')).toBe(1);
  });

  it('with partitions start a run for each, about its time', async () => {
    const world = await scene();
    const orders = asset('orders', { partitions: partitions.daily('2026-01-01') });
    const clean = asset('clean', { partitions: partitions.daily('2026-01-01') });
    const load = using('load', { produces: [orders] });
    const tidy = using('tidy', { when: orders, produces: [clean] }, async (handle) => handle.trigger);
    const loader = { ...load, schedules: [cron('0 0 * * *', { family: 'interval', from: '2026-02-01' })] };
    const worker = await world.work([loader, tidy]);
    const range = { from: Date.parse('2026-01-03'), to: Date.parse('2026-01-06'), concurrency: 9 };
    await worker.scheduler.createBackfill('load', range);
    for (let round = 0; round < 3; round += 1) await world.settled();
    const detail = await showAsset(worker.engine, 'clean');
    expect(detail.updates.map(({ partition }) => partition)).toEqual([
      '2026-01-03',
      '2026-01-04',
      '2026-01-05',
    ]);
    const [newest] = await world.store.listRuns({ definition: 'tidy' });
    expect(decodeRunInput(String(newest?.input)).trigger).toMatchObject({
      by: 'asset',
      partition: expect.any(String),
    });
    expect(await startedBy(world, 'tidy')).toBe(3);
  });

  it('fail the run that does not say which partition it made', async () => {
    const world = await scene();
    const regions = asset('regions', { partitions: partitions.list(['eu', 'us']) });
    const worker = await world.work([
      using('silent', { produces: [regions] }),
      using('wrong', { produces: [regions], partitionOf: () => 'asia' }),
      using('right', { produces: [regions], partitionOf: ({ output }) => String(output) }, async () => 'eu'),
    ]);
    for (const name of ['silent', 'wrong', 'right']) await run(world, worker, name);
    const states = (await world.runs()).map(({ definition: name, state }) => `${name} ${state}`);
    expect(states).toEqual(['silent failed', 'wrong failed', 'right completed']);
    expect((await showAsset(worker.engine, 'regions')).updates.map(({ partition }) => partition)).toEqual([
      'eu',
    ]);
  });
});

describe('lineage', () => {
  const validate = validator();

  it('of a run in any state, with a trigger or without, fits the published schema', async () => {
    const world = new ScheduleScene(createMemoryStore(), start);
    const orders = asset('orders', { partitions: partitions.daily('2026-01-01') });
    const waits: Code = (handle) =>
      handle.signal({ place: { path: '', cancelScope: handle.root }, name: 'go', timeoutMs: null });
    const code = [
      { ...using('load', { produces: [orders] }), schedules: [cron('0 0 * * *', { family: 'interval' })] },
      using('tidy', { when: orders, consumes: [raw] }),
      using('breaks', { when: orders, produces: [rates] }, async () => {
        throw new Error('broken');
      }),
      using('waits', { produces: [raw] }, waits),
      using('stopped', { produces: [raw] }, waits),
    ];
    const worker = await world.work(code);
    await run(world, worker, 'waits');
    await run(world, worker, 'stopped', 'stopped');
    const stopped = await world.store.findRun('stopped');
    const at = world.clock.now();
    await worker.engine.send({
      run: stopped?.number ?? 0,
      kind: 'cancel',
      name: 'cancel',
      at,
      payload: '"enough"',
    });
    await world.settled();
    const types = new Map<string, readonly string[]>();
    for (const record of await world.runs()) {
      const found = code.find(({ name }) => name === record.definition);
      const { trigger } = decodeRunInput(String(record.input));
      const events = lineageEvents({ run: record, trigger, definition: found!, namespace: 'test' });
      for (const event of events) expect(validate(event)).toEqual([]);
      types.set(
        record.definition,
        events.map(({ eventType }) => eventType),
      );
    }
    expect(Object.fromEntries(types)).toEqual({
      load: ['START', 'COMPLETE'],
      tidy: ['START', 'COMPLETE'],
      breaks: ['START', 'FAIL'],
      waits: ['START'],
      stopped: ['START', 'ABORT'],
    });
  });

  it('that does not fit the published schema is noticed', () => {
    const facet = {
      _producer: 'urn:tutti',
      _schemaURL: 'https://openlineage.io/x',
      nominalStartTime: '2026-01-19T00:00:00Z',
    };
    const event = {
      eventType: 'START',
      eventTime: '2026-01-19T00:00:00Z',
      producer: 'urn:tutti',
      schemaURL: 'https://openlineage.io/spec/2-0-2/OpenLineage.json',
      run: { runId: '01234567-89ab-8def-8123-456789abcdef', facets: { nominalTime: facet } },
      job: { namespace: 'test', name: 'load' },
    };
    expect(validate(event)).toEqual([]);
    for (const wrong of [
      { ...event, eventType: 'BEGIN' },
      { ...event, eventTime: 'soon' },
      { ...event, job: { name: 'load' } },
      { ...event, outputs: [{ name: 'orders' }] },
      { ...event, run: { ...event.run, facets: { nominalTime: { ...facet, _producer: undefined } } } },
      { ...event, run: { ...event.run, facets: { nominalTime: { ...facet, nominalStartTime: 'noon' } } } },
    ])
      expect(validate(JSON.parse(JSON.stringify(wrong)))).not.toEqual([]);
  });

  it('of a run that began and ended is two events that fit the published schema', async () => {
    const world = new ScheduleScene(createMemoryStore(), start);
    const report = using('report', { when: raw, consumes: [rates], produces: [asset('sums')] });
    const scheduled = { ...report, schedules: [cron('0 0 * * *', { family: 'interval' })] };
    const fails = using('fails', { produces: [raw] }, async () => {
      throw new Error('broken');
    });
    const worker = await world.work([scheduled, fails]);
    await run(world, worker, 'fails');
    const runs = await world.runs();
    const events = runs.flatMap((record) =>
      lineageEvents({
        run: record,
        trigger: decodeRunInput(String(record.input)).trigger,
        definition: record.definition === 'fails' ? fails : scheduled,
        namespace: 'test',
      }),
    );
    expect(
      events.map(({ eventType, inputs, outputs }) => [eventType, inputs.length, outputs.length]),
    ).toEqual([
      ['START', 2, 1],
      ['COMPLETE', 2, 1],
      ['START', 0, 1],
      ['FAIL', 0, 1],
    ]);
    for (const event of events) expect(validate(event)).toEqual([]);
    expect(events[0]?.run.runId).toBe(events[1]?.run.runId);
    expect(events[0]?.run.facets).toHaveProperty('nominalTime.nominalStartTime', '2026-01-19T00:00:00.000Z');
    expect(validate({ ...events[0], run: { runId: 'no uuid' } })).not.toEqual([]);
  });
});

/** Gives what is wrong with an event by OpenLineage's own schemas. */
function validator(): (event: unknown) => readonly unknown[] {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const isEvent = ajv.compile(readSchema('OpenLineage'));
  const isNominalTime = ajv.compile(readSchema('NominalTimeRunFacet'));
  return (event) => {
    isEvent(event);
    isNominalTime((event as { run: { facets?: unknown } }).run.facets ?? {});
    return [...(isEvent.errors ?? []), ...(isNominalTime.errors ?? [])];
  };
}

function readSchema(name: string): object {
  return JSON.parse(readFileSync(new URL(`openlineage/${name}.json`, import.meta.url), 'utf8')) as object;
}
