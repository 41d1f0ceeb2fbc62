/** Versions of events, and the catalogue of what was deployed. */
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createTutti,
  event,
  topic,
  type EventOptions,
  type Subscription,
  type Tutti,
  type TuttiOptions,
} from 'tutti';
import { z } from 'zod';
import type { Compatibility } from '../../src/events/index.ts';
import { createMemoryStore, type MemoryStore } from '../../src/stores/memory/index.ts';

interface Deployed {
  readonly tutti: Tutti;
  readonly seen: unknown[];
  readonly subscription: Subscription;
  publish(data: unknown): Promise<unknown>;
}

type Options = EventOptions<unknown, unknown>;

/** A process whose code declares `made` in one topic, with a subscription that remembers what it is given. */
function code(
  options: Options,
  compatibility?: Compatibility,
): Pick<Deployed, 'seen' | 'subscription' | 'publish'> & { readonly things: ReturnType<typeof topic> } {
  const made = event('made', options);
  const things = topic('things', {
    events: [made],
    ...(compatibility === undefined ? {} : { compatibility }),
  });
  const seen: unknown[] = [];
  const subscription = things.subscribe('s', { from: 'oldest', handler: (e) => void seen.push(e.data) });
  return { things, seen, subscription, publish: (data) => things.publish(made(data)) };
}

async function deploy(
  store: MemoryStore,
  declared: ReturnType<typeof code>,
  options: Pick<TuttiOptions, 'dev' | 'logger'> = {},
): Promise<Deployed> {
  const tutti = await createTutti({ store: store.openAnother(), definitions: [declared.things], ...options });
  onTestFinished(() => tutti.stop());
  await tutti.start();
  return { tutti, ...declared };
}

const cents = z.object({ id: z.string(), cents: z.int() });

/** Three versions of one event: `total` in euros, then with a currency, then in cents. */
const versions: readonly Options[] = [
  { schema: z.object({ id: z.string(), total: z.number() }) },
  {
    version: 2,
    schema: z.object({ id: z.string(), total: z.number(), currency: z.string() }),
    upcasters: { 1: (data) => ({ ...(data as object), currency: 'EUR' }) },
  },
  {
    version: 3,
    schema: cents,
    upcasters: {
      1: (data) => ({ ...(data as object), currency: 'EUR' }),
      2: (data) => {
        const { id, total } = data as { id: string; total: number };
        return { id, cents: total * 100 };
      },
    },
  },
];

const [first, second, third] = versions as readonly [Options, Options, Options];

async function lettersOf(subscription: Subscription): Promise<readonly (readonly [unknown, string])[]> {
  const letters = await subscription.deadLetters.list();
  return letters.map(({ data, cause }) => [JSON.parse(data), cause]);
}

describe('an event of an older version', () => {
  it('goes through every upcaster to the version of the code, and is checked there', async () => {
    const store = createMemoryStore();
    const old = await deploy(store, code(first));
    await old.publish({ id: 'a', total: 12 });
    await old.publish({ id: 'b', total: 0.001 });
    await old.subscription.seek('oldest');
    await old.tutti.stop();
    const after = await deploy(store, code(third));
    await expect.poll(() => after.seen).toEqual([{ id: 'a', cents: 1200 }]);
    // A tenth of a cent is no whole number: what the upcaster made of it is not what the schema takes.
    await expect
      .poll(() => lettersOf(after.subscription))
      .toEqual([[{ id: 'b', total: 0.001 }, 'TUTTI_EVENT_INVALID']]);
  });

  it('is taken from a publisher too, and stored in the declared version', async () => {
    const store = createMemoryStore();
    const { tutti, seen } = await deploy(store, code(third));
    const things = tutti.events.topics[0]!;
    await things.publish({ type: 'made', version: 2, data: { id: 'a', total: 3, currency: 'EUR' } } as never);
    await expect.poll(() => seen).toEqual([{ id: 'a', cents: 300 }]);
    const { events } = await tutti.client.readEvents('things');
    expect(events).toMatchObject([{ version: 3, data: { id: 'a', cents: 300 } }]);
    const newer = things.publish({ type: 'made', version: 4, data: {} } as never);
    await expect(newer).rejects.toThrow(/"made" is of version 4; topic "things" declares version 3/);
  });
});

describe('an event of a newer version', () => {
  it('is a dead letter with its bytes, which later code is handed', async () => {
    const store = createMemoryStore();
    const newer = await deploy(store, code(second));
    await newer.publish({ id: 'a', total: 12, currency: 'CHF' });
    await expect.poll(() => newer.seen.length).toBe(1);
    await newer.subscription.seek('oldest');
    await newer.tutti.stop();
    // A roll-back is no new schema, and starts.
    const older = await deploy(store, code({ ...first, compatibility: 'none' }));
    await expect
      .poll(() => lettersOf(older.subscription))
      .toEqual([[{ id: 'a', total: 12, currency: 'CHF' }, 'TUTTI_EVENT_TOO_NEW']]);
    expect(older.seen).toEqual([]);
    await older.tutti.stop();
    const again = await deploy(store, code(third));
    const redriven = await again.subscription.deadLetters.redrive({ cause: 'TUTTI_EVENT_TOO_NEW' });
    expect(redriven.redriven).toBe(1);
    await expect.poll(() => again.seen).toEqual([{ id: 'a', cents: 1200 }]);
  });

  it('is read where the compatibility promises it, if the schema takes it', async () => {
    const store = createMemoryStore();
    const wide = {
      version: 2,
      schema: z.object({ id: z.string(), total: z.number().optional(), currency: z.string() }),
    };
    const newer = await deploy(store, code(wide, 'full'));
    await newer.publish({ id: 'a', total: 12, currency: 'CHF' });
    await newer.publish({ id: 'b', currency: 'CHF' });
    await newer.tutti.stop();
    const older = await deploy(store, code(first, 'full'), { dev: true });
    await older.subscription.seek('oldest');
    await expect.poll(() => older.seen).toEqual([{ id: 'a', total: 12 }]);
    await expect
      .poll(() => lettersOf(older.subscription))
      .toMatchObject([[{ id: 'b' }, 'TUTTI_EVENT_INVALID']]);
  });
});

const base = z.object({ id: z.string() });

/** What code of the first schema and then of the second is told at its start; null for nothing. */
const deployments: readonly (readonly [
  what: string,
  Compatibility | undefined,
  Options,
  Options,
  RegExp | null,
])[] = [
  [
    'an optional field, backward',
    undefined,
    { schema: base },
    { schema: base.extend({ note: z.string().optional() }) },
    null,
  ],
  [
    'a required field, backward',
    undefined,
    { schema: base },
    { schema: base.extend({ note: z.string() }) },
    /declared as version 1, is not backward compatible .* version 1 read by code of version 1: data\.note: An event may lack it/,
  ],
  [
    'a required field in a new version, backward',
    'backward',
    { schema: base },
    { version: 2, schema: base.extend({ note: z.string() }) },
    /events of version 1 read by code of version 2: data\.note/,
  ],
  [
    'a required field in a new version with an upcaster, backward',
    'backward',
    { schema: base },
    { version: 2, schema: base.extend({ note: z.string() }), upcasters: { 1: (data) => data } },
    null,
  ],
  [
    'a required field, forward',
    'forward',
    { schema: base },
    { version: 2, schema: base.extend({ note: z.string() }) },
    null,
  ],
  [
    'a field that goes, forward',
    'forward',
    { schema: base.extend({ note: z.string() }) },
    { version: 2, schema: base, upcasters: { 1: (data) => data } },
    /events of version 2 read by code of version 1: data\.note/,
  ],
  [
    'a required field, full',
    'full',
    { schema: base },
    { schema: base.extend({ note: z.string() }) },
    /is not full compatible/,
  ],
  ['anything, none', 'none', { schema: base }, { schema: z.object({ other: z.number() }) }, null],
  ['a first schema', undefined, {}, { schema: base }, null],
  ['no schema any more', undefined, { schema: base }, {}, null],
  [
    'a pattern that cannot be compared',
    undefined,
    { schema: z.object({ id: z.string().regex(/^ab/) }) },
    { schema: z.object({ id: z.string().regex(/^a/) }) },
    null,
  ],
];

describe('a start with another schema', () => {
  it.each(deployments)('%s', async (...deployment) => {
    const [, compatibility, before, after, refusal] = deployment;
    const store = createMemoryStore();
    await (await deploy(store, code(before, compatibility))).tutti.stop();
    const starting = deploy(store, code(after, compatibility));
    if (refusal === null) await starting;
    else await expect(starting).rejects.toThrow(refusal);
  });

  it('is refused before anything is entered or executed, with its code', async () => {
    const store = createMemoryStore();
    await (await deploy(store, code({ schema: base }))).tutti.stop();
    const broken = code({ schema: z.object({ id: z.number() }) });
    const tutti = await createTutti({ store: store.openAnother(), definitions: [broken.things] });
    onTestFinished(() => tutti.stop());
    await expect(tutti.start()).rejects.toMatchObject({ code: 'TUTTI_EVENT_INCOMPATIBLE' });
    const { events } = await tutti.client.readCatalogue();
    expect(events.map(({ schemas }) => schemas.length)).toEqual([1]);
    expect(await tutti.client.checkCatalogue({ events })).toMatchObject({ isOk: true });
  });

  it('warns while code is being written, and goes on', async () => {
    const store = createMemoryStore();
    await (await deploy(store, code({ schema: base }))).tutti.stop();
    const told: unknown[] = [];
    const warn = (text: string, fields?: object): void => void told.push([text, fields]);
    const logger = { debug: () => undefined, info: () => undefined, error: () => undefined, warn };
    const { tutti } = await deploy(store, code({ schema: z.object({ id: z.number() }) }), {
      dev: true,
      logger,
    });
    expect(told).toMatchObject([[expect.stringContaining('schema of an event changed'), { type: 'made' }]]);
    const { events } = await tutti.client.readCatalogue();
    expect(events[0]?.schemas).toHaveLength(2);
  });

  it('compares with the last one, or with all', async () => {
    const wide = { schema: z.object({ id: z.string(), note: z.string().optional() }) };
    const number = { schema: z.object({ id: z.string(), note: z.number().optional() }) };
    for (const [compatibility, refusal] of [
      ['backward', null],
      ['backwardTransitive', /data\.note/],
    ] as const) {
      const store = createMemoryStore();
      for (const options of [wide, { schema: base }])
        await (await deploy(store, code(options, compatibility))).tutti.stop();
      const starting = deploy(store, code(number, compatibility));
      if (refusal === null) await starting;
      else await expect(starting).rejects.toThrow(refusal);
    }
  });
});

describe('the catalogue', () => {
  it('is written by the first start, and not again by one that brings nothing new', async () => {
    const store = createMemoryStore();
    const { tutti } = await deploy(store, code(third));
    const cell = await tutti.engine.store.getCell('catalogue', 'things/made');
    await deploy(store, code(third));
    expect((await tutti.engine.store.getCell('catalogue', 'things/made'))?.version).toBe(cell?.version);
    const { events } = await tutti.client.readCatalogue();
    expect(events).toMatchObject([
      {
        topic: 'things',
        type: 'made',
        version: 3,
        compatibility: 'backward',
        schemas: [{ version: 3, upcasters: [1, 2] }],
      },
    ]);
    expect(events[0]?.schemas[0]?.reads).toMatchObject({ required: ['id', 'cents'] });
    expect(events[0]?.schemas[0]?.writes).toMatchObject({ additionalProperties: false });
  });

  it('loses nothing to processes that start at once', async () => {
    const store = createMemoryStore();
    await (await deploy(store, code({ schema: base }, 'none'))).tutti.stop();
    const schemas = Array.from({ length: 6 }, (_, n) => ({
      schema: base.extend({ [`n${n}`]: z.string().optional() }),
    }));
    const all = await Promise.all(schemas.map((options) => deploy(store, code(options, 'none'))));
    const { events } = await all[0]!.tutti.client.readCatalogue();
    expect(events[0]?.schemas).toHaveLength(7);
  });

  it('keeps the last hundred schemas of an event, and what was forgotten counts as new when it comes back', async () => {
    const store = createMemoryStore();
    const tutti = await createTutti({ store: store.openAnother() });
    onTestFinished(() => tutti.stop());
    const { registry } = tutti.events;
    const numbers = async (): Promise<readonly (string | undefined)[]> => {
      const [{ schemas } = { schemas: [] }] = (await registry.deployed()).events;
      return schemas.map(({ reads }) => Object.keys((reads as { properties: object }).properties).at(-1));
    };
    const deployNumber = async (n: number): Promise<void> => {
      const schema = z.object({ [`n${n}`]: z.string().optional() });
      await registry.register([code({ schema }, 'none').things.settings], 'refuse');
    };
    for (let n = 0; n < 103; n += 1) await deployNumber(n);
    expect([(await numbers()).length, (await numbers())[0]]).toEqual([100, 'n3']);
    await deployNumber(50);
    expect((await numbers()).at(-1)).toBe('n102');
    await deployNumber(0);
    expect([(await numbers())[0], (await numbers()).at(-1)]).toEqual(['n4', 'n0']);
  });

  it('says which version was started last, after a roll-back too', async () => {
    const store = createMemoryStore();
    const versionOf = async (options: Options): Promise<number | undefined> => {
      const { tutti } = await deploy(store, code(options));
      const { events } = await tutti.client.readCatalogue();
      await tutti.stop();
      return events[0]?.version;
    };
    expect([await versionOf(first), await versionOf(second), await versionOf(first)]).toEqual([1, 2, 1]);
  });
});

describe('a schema that cannot describe itself', () => {
  it('is entered without a description, and not compared', async () => {
    const store = createMemoryStore();
    const transformed = { schema: z.object({ id: z.string().transform((text) => text.length) }) };
    await (await deploy(store, code(transformed))).tutti.stop();
    const { tutti } = await deploy(store, code({ schema: base }));
    const { events } = await tutti.client.readCatalogue();
    expect(events[0]?.schemas.map(({ writes }) => writes === null)).toEqual([true, false]);
    const declared = { events: [{ ...events[0]!, schemas: events[0]!.schemas.slice(1) }] };
    expect(await tutti.client.checkCatalogue(declared)).toMatchObject({ isOk: true });
  });
});
