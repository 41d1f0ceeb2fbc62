import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  asset,
  jsonFile,
  partitions,
  updated,
  workflow,
  type Asset,
  type Tutti,
  type TuttiOptions,
} from 'tutti';
import { z } from 'zod';
import { withTutti } from './scene.ts';

/** Assets that bring their own way of being made, on a whole engine with real files. */

const daily = partitions.daily('2026-01-01');
const numbers = z.array(z.number());
const day = '2026-01-05';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-assets-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Runs a definition to its end. @throws what it failed with. */
async function made({ client }: Tutti, name: string, input?: unknown): Promise<unknown> {
  const { id } = await client.startRun(name, input);
  const { state, output, error } = await client.waitForRun(id);
  if (state !== 'completed') throw new Error(error?.message ?? state);
  return output;
}

/** A workflow that makes one partition of an asset, with the numbers it is given. */
function loader(name: string, of: Asset): NonNullable<TuttiOptions['definitions']> {
  return [
    workflow(
      name,
      { produces: [of], partitionOf: ({ input }) => (input as { day: string }).day },
      async (_, input: { day: string; values: number[] }) => input.values,
    ),
  ];
}

describe('an asset with a handler', () => {
  const raw = asset('raw', { partitions: daily, value: numbers });
  const rates = asset('rates', { partitions: daily, value: numbers });
  const loaders = [...loader('load', raw), ...loader('quote', rates)];

  it('sees the same partition of one dependency and the last of another', async () => {
    const clean = asset(
      'clean',
      { deps: { raw, fx: rates.lastPartition() }, partitions: daily },
      (given) => ({
        ...given,
      }),
    );
    const output = await withTutti([...loaders, clean], async (tutti) => {
      await made(tutti, 'load', { day, values: [1, 2] });
      await made(tutti, 'load', { day: '2026-01-06', values: [3] });
      await made(tutti, 'quote', { day: '2026-01-04', values: [9] });
      await made(tutti, 'quote', { day: '2026-01-03', values: [8] });
      return made(tutti, 'clean', { partition: day });
    });
    expect(output).toEqual({ raw: [1, 2], fx: [9], partition: day });
  });

  it('is an asset: shown with its partitions, and read by the next one', async () => {
    const clean = asset('clean', { deps: { raw }, partitions: daily }, ({ raw }) => raw.length);
    const twice = asset(
      'twice',
      { deps: { clean }, partitions: daily, when: updated('clean') },
      (given) => given.clean * 2,
    );
    await withTutti([...loaders, clean, twice], async (tutti) => {
      await made(tutti, 'load', { day, values: [1, 2] });
      await made(tutti, 'clean', { partition: day });
      const { client } = tutti;
      await expect.poll(() => client.showAsset('twice').then(({ made }) => made)).toBe(1);
      const shown = await client.showAsset('twice');
      expect(shown).toMatchObject({ producers: ['twice'], updates: [{ partition: day }] });
      expect((await client.showAsset('clean')).consumers).toEqual(['twice']);
      const run = shown.last?.run ?? '';
      expect((await client.waitForRun(run)).output).toBe(4);
      const [start] = await client.readLineage(run);
      expect(start).toMatchObject({ inputs: [{ name: 'clean' }], outputs: [{ name: 'twice' }] });
    });
  });

  it('whose dependency is not there fails, and says which', async () => {
    const clean = asset('clean', { deps: { raw }, partitions: daily }, ({ raw }) => raw.length);
    const latest = asset('latest', { deps: { fx: rates.lastPartition() } }, ({ fx }) => fx.length);
    await withTutti([...loaders, clean, latest], async (tutti) => {
      await expect(made(tutti, 'clean', { partition: day })).rejects.toThrow(
        `Asset 'raw' cannot be read: its partition '${day}' is not there`,
      );
      await expect(made(tutti, 'latest')).rejects.toThrow('none of its partitions is there');
    });
  });

  it('whose dependency does not fit its schema fails, and says why', async () => {
    const wrong = asset('clean', { deps: { raw }, partitions: daily }, ({ raw }) => raw.length);
    await withTutti([...loaders, wrong], async (tutti) => {
      await made(tutti, 'load', { day, values: ['one'] });
      await expect(made(tutti, 'clean', { partition: day })).rejects.toThrow("the value of asset 'raw'");
    });
  });

  it('makes one partition there is, and no other', async () => {
    const clean = asset('clean', { partitions: daily }, ({ partition }) => partition);
    const whole = asset('whole', {}, ({ partition }) => partition);
    await withTutti([clean, whole], async (tutti) => {
      await expect(made(tutti, 'clean', { partition: '2025-12-31' })).rejects.toThrow(
        'expected the key of a partition',
      );
      await expect(made(tutti, 'clean')).rejects.toThrow('no partition to make was named');
      await expect(made(tutti, 'whole', { partition: day })).rejects.toThrow('expected no input');
      expect(await made(tutti, 'whole')).toBeNull();
    });
  });
});

describe('an asset with a target', () => {
  const raw = asset('raw', { partitions: daily, value: numbers });
  const place = (): string => join(directory, 'sums', '{partition}.json');

  it('is made once, and again only when what it is made from or by has changed', async () => {
    let count = 0;
    const sums = (version: string): Asset =>
      asset(
        'sums',
        { deps: { raw }, partitions: daily, version, target: jsonFile(place(), z.number()) },
        ({ raw, write }) => {
          count += 1;
          return write(raw.reduce((a, b) => a + b, 0));
        },
      );
    const loaders = loader('load', raw);
    const options = { store: join(directory, 'tutti.db') };
    const make = async (version: string): Promise<unknown> =>
      withTutti(
        [...loaders, sums(version) as never],
        (tutti) => made(tutti, 'sums', { partition: day }),
        options,
      );
    await withTutti(loaders, (tutti) => made(tutti, 'load', { day, values: [1, 2] }), options);
    expect(await make('1')).toMatchObject({ isUnchanged: false });
    expect(readFileSync(join(directory, 'sums', `${day}.json`), 'utf8')).toBe('3\n');
    expect([await make('1'), count]).toMatchObject([{ isUnchanged: true }, 1]);
    await withTutti(loaders, (tutti) => made(tutti, 'load', { day, values: [5] }), options);
    expect([await make('1'), count]).toMatchObject([{ isUnchanged: false }, 2]);
    expect(readFileSync(join(directory, 'sums', `${day}.json`), 'utf8')).toBe('5\n');
    expect([await make('2'), count]).toMatchObject([{ isUnchanged: false }, 3]);
  });

  it('that was there before anything is known of it is not made', async () => {
    const whole = asset(
      'whole',
      { target: jsonFile(join(directory, 'whole.json'), z.number()) },
      ({ write }) => write(1),
    );
    writeFileSync(join(directory, 'whole.json'), '7');
    await withTutti([whole], async (tutti) => {
      expect(await made(tutti, 'whole')).toMatchObject({ isUnchanged: true });
      expect((await tutti.client.showAsset('whole')).made).toBe(1);
    });
    expect(readFileSync(join(directory, 'whole.json'), 'utf8')).toBe('7');
  });

  it('that was not made anew is not updated, so that nothing follows from it', async () => {
    const whole = asset(
      'whole',
      { target: jsonFile(join(directory, 'whole.json'), z.number()) },
      ({ write }) => write(1),
    );
    const next = asset('next', { deps: { whole }, when: updated('whole') }, ({ whole }) => whole);
    await withTutti([whole, next], async (tutti) => {
      await made(tutti, 'whole');
      const first = (await tutti.client.showAsset('whole')).last;
      await made(tutti, 'whole');
      expect((await tutti.client.showAsset('whole')).last).toEqual(first);
    });
  });

  it('is read by others from where it lies', async () => {
    const outside = asset('outside', {
      partitions: daily,
      target: jsonFile(join(directory, '{partition}'), numbers),
    });
    const sum = asset('sum', { deps: { outside }, partitions: daily }, (given) => given.outside.length);
    writeFileSync(join(directory, day), '[1,2,3]');
    await withTutti([sum], async (tutti) => {
      expect(await made(tutti, 'sum', { partition: day })).toBe(3);
      await expect(made(tutti, 'sum', { partition: '2026-01-06' })).rejects.toThrow(
        `at ${join(directory, '2026-01-06')}`,
      );
    });
  });

  it('whose handler leaves nothing behind fails', async () => {
    const nowhere = asset(
      'nowhere',
      { target: () => ({ name: 'nowhere', exists: () => false, read: () => 1, write: () => undefined }) },
      ({ write }) => write(1),
    );
    await withTutti([nowhere], async (tutti) => {
      await expect(made(tutti, 'nowhere')).rejects.toThrow('its target nowhere is not there');
    });
  });

  it('keeps keys of partitions inside of its directory', () => {
    const at = jsonFile('data/{partition}', numbers);
    expect([at('../x').name, at('a/b').name, at('2026-01-05').name]).toEqual([
      'data/%2E.%2Fx',
      'data/a%2Fb',
      'data/2026-01-05',
    ]);
    expect(() => jsonFile('data/all', numbers)('eu')).toThrow("expected '{partition}'");
  });
});

describe('a declaration that cannot work is refused at once', () => {
  const raw = asset('raw', { partitions: daily });
  const rates = asset('rates', { partitions: partitions.weekly('2026-01-05') });
  it.each([
    [() => asset('a', { deps: { raw } }, () => 1), 'so that nobody knows which one'],
    [() => asset('a', { deps: { rates }, partitions: daily }, () => 1), 'so that nobody knows which one'],
    [() => asset('whole').lastPartition(), 'has no last partition'],
    [() => asset('a', { deps: { write: asset('b') } }, () => 1), "a dependency 'write'"],
    [() => asset('a', { deps: { b: 'b' as unknown as Asset } }, () => 1), 'that is no asset'],
    [() => asset('a', { deps: { b: asset('b') }, when: updated('c' as 'b') }, () => 1), "did you mean 'b'"],
    [
      () => asset('a', { deps: { r: rates.lastPartition() }, when: updated('r') }, () => 1),
      'reads the last partition',
    ],
    [() => asset('a', {}, 'make' as unknown as () => 1), 'no function as its last argument'],
    [() => asset('a', { dep: {} } as object, () => 1), "did you mean 'deps'"],
  ])('case %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
