/* oxlint-disable vitest/expect-expect -- the compiler is what expects */
import { describe, expectTypeOf, it } from 'vitest';
import {
  all,
  any,
  asset,
  cron,
  partitions,
  pipeline,
  updated,
  type Asset,
  type AssetTarget,
  type MadeAsset,
  type Written,
} from 'tutti';
import { z } from 'zod';

const daily = partitions.daily('2026-01-01', 'Europe/Zurich');
const raw = asset('raw', { partitions: daily, value: z.array(z.object({ id: z.number() })) });
const rates = asset('rates', { partitions: daily, value: z.record(z.string(), z.number()) });
const whole = asset('whole');
declare const parquet: (pattern: string) => (partition: string | null) => AssetTarget<readonly number[]>;

describe('an asset that others make', () => {
  it('has the type that its schema or its target gives', () => {
    expectTypeOf(whole).toEqualTypeOf<Asset>();
    expectTypeOf(raw).toEqualTypeOf<Asset<{ id: number }[]>>();
    expectTypeOf(asset('file', { target: parquet('x') })).toEqualTypeOf<Asset<readonly number[]>>();
  });
});

describe('the handler of an asset', () => {
  it('sees the values of its dependencies and the partition', () => {
    const clean = asset('clean', { deps: { raw, fx: rates.lastPartition() }, partitions: daily }, (given) => {
      expectTypeOf(given.raw).toEqualTypeOf<{ id: number }[]>();
      expectTypeOf(given.fx).toEqualTypeOf<Record<string, number>>();
      expectTypeOf(given.partition).toEqualTypeOf<string>();
      // @ts-expect-error -- without a target there is nothing to write to
      given.write([]);
      // @ts-expect-error -- there is no such dependency
      expectTypeOf(given.other).toBeAny();
      return given.raw.length;
    });
    expectTypeOf(clean).toEqualTypeOf<
      MadeAsset<number, { readonly partition: string } | undefined, number>
    >();
    asset('next', { deps: { clean }, partitions: daily }, async ({ clean }) => clean.toFixed());
    // @ts-expect-error -- clean is a number
    asset('wrong', { deps: { clean }, partitions: daily }, async ({ clean }) => clean.length);
  });

  it('of an asset that is made as a whole has no partition', () => {
    const sum = asset('sum', { deps: { whole } }, async ({ whole, partition }, ctx) => {
      expectTypeOf(whole).toBeUnknown();
      expectTypeOf(partition).toBeNull();
      expectTypeOf(ctx.attempt).toBeNumber();
      return 1;
    });
    expectTypeOf(sum).toEqualTypeOf<MadeAsset<number, undefined, number>>();
    asset('bare', {}, () => 'value');
  });

  it('with a target writes what the target takes, and returns the receipt', () => {
    const stored = asset(
      'stored',
      { deps: { raw }, partitions: daily, target: parquet('orders/{partition}') },
      async ({ raw, write }) => write(raw.map(({ id }) => id)),
    );
    expectTypeOf(stored).toEqualTypeOf<
      MadeAsset<readonly number[], { readonly partition: string } | undefined, Written>
    >();
    asset('reader', { deps: { stored }, partitions: daily }, ({ stored }) => {
      expectTypeOf(stored).toEqualTypeOf<readonly number[]>();
    });
    // @ts-expect-error -- the target holds numbers
    asset('texts', { partitions: daily, target: parquet('x') }, ({ write }) => write(['a']));
    // @ts-expect-error -- a value that is not written would be lost
    asset('forgets', { partitions: daily, target: parquet('x') }, () => [1, 2]);
  });
});

describe('the condition of an asset', () => {
  it('names dependencies, and only those', () => {
    asset(
      'timed',
      { deps: { raw }, partitions: daily, when: any(updated('raw'), cron('0 6 * * *')) },
      ({ raw }) => raw.length,
    );
    asset(
      'nested',
      { deps: { raw, fx: rates }, partitions: daily, when: all(updated('raw'), any(updated('fx'), whole)) },
      ({ raw, fx }) => raw.length + Object.keys(fx).length,
    );
    asset('one', { deps: { raw }, partitions: daily, when: updated('raw') }, ({ raw }) => raw.length);
    // @ts-expect-error -- 'rwa' is no dependency
    asset('misspelt', { deps: { raw }, partitions: daily, when: any(updated('rwa'), raw) }, () => 1);
    // @ts-expect-error -- there are no dependencies to speak of
    asset('none', { partitions: daily, when: updated('raw') }, () => 1);
  });

  it('is no condition of a definition that has no dependencies', () => {
    const condition = any(updated('raw'));
    // @ts-expect-error -- only an asset knows dependencies by name
    pipeline('careless', { startWhen: condition }, (p) => p.task('one', {}, () => 1));
    pipeline('careful', { startWhen: any(raw, cron('@daily')) }, (p) => p.task('one', {}, () => 1));
  });
});

describe('dependencies', () => {
  it('are assets or their last partitions', () => {
    // @ts-expect-error -- a text is no asset
    asset('text', { deps: { raw: 'raw' } }, () => 1);
    // @ts-expect-error -- there is no such option
    asset('option', { depends: { raw } }, () => 1);
  });
});
