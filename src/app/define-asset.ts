import { TuttiError } from '../base/tutti-error.ts';
import type { Asset, Partitioning } from '../engine/index.ts';
import {
  makeAsset,
  type AssetDependencies,
  type AssetHandler,
  type AssetInput,
  type AssetInputs,
  type AssetInputsWithTarget,
  type AssetTarget,
  type MadeAsset,
  type NoDependencies,
  type MakingOptions,
  type Written,
} from '../pipelines/index.ts';
import { declareAsset, type AssetOptions } from '../schedules/index.ts';

/** An asset, without a way of being made, whose value lies at a target. */
type TargetFor<P, T> = (partition: P extends Partitioning ? string : null) => AssetTarget<T>;

/**
 * Declares an asset. Without a handler it is made by definitions that name it in `produces`. With one it brings its own way of being
 * made: an ordinary pipeline of one task, which is run, scheduled, filled and shown like any other, and takes its name.
 *
 * The handler sees the values of the dependencies. With a `target` it hands its value to `write` and returns what that gives; a
 * value that is at the target and was made from what the dependencies still are is not made again. Without one, what it returns is
 * the value, kept as long as its run.
 *
 * @example export const orders = asset('orders', { partitions: partitions.daily('2026-01-01', 'Europe/Zurich') });
 * @example
 * export const clean = asset('clean', {
 *   deps: { raw: orders }, partitions: partitions.daily('2026-01-01', 'Europe/Zurich'), when: any(updated('raw'), cron('0 6 * * *')),
 * }, ({ raw, partition }) => tidy(raw, partition));
 * @throws TUTTI_DEFINITION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID, TUTTI_DURATION_INVALID: when the module is loaded.
 */
export function asset<
  T,
  const D extends AssetDependencies = NoDependencies,
  P extends Partitioning | undefined = undefined,
>(
  name: string,
  options: MakingOptions<D, P> & { readonly target: TargetFor<P, T> },
  make: AssetHandler<AssetInputsWithTarget<D, P, T>, Written | Promise<Written>>,
): MadeAsset<T, AssetInput<P>, Written>;
export function asset<
  O,
  const D extends AssetDependencies = NoDependencies,
  P extends Partitioning | undefined = undefined,
>(
  name: string,
  options: MakingOptions<D, P> & { readonly target?: undefined },
  make: AssetHandler<AssetInputs<D, P>, O>,
): MadeAsset<Awaited<O>, AssetInput<P>, Awaited<O>>;
export function asset<T = unknown>(name: string, options?: AssetOptions<T>): Asset<T>;
export function asset(
  name: string,
  options: AssetOptions | (MakingOptions & { readonly target?: (partition: never) => AssetTarget }) = {},
  make?: AssetHandler<never, unknown>,
): Asset {
  if (make === undefined) return declareAsset(name, options as AssetOptions);
  if (typeof make !== 'function') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Asset '${name}' was given something that is no function as its last argument; expected what makes it.`,
    );
  }
  const making = options as MakingOptions & { readonly target?: (partition: never) => AssetTarget };
  const { partitions, description } = making;
  const target = making.target as AssetOptions['target'];
  return makeAsset(declareAsset(name, { partitions, description, target }), { options: making, make });
}
