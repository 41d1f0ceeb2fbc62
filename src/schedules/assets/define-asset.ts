import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { StandardSchema } from '../../base/standard-schema.ts';
import type {
  Asset,
  AssetCondition,
  AssetSource,
  JoinedCondition,
  Partitioning,
  Schedule,
  UpdatedDependency,
} from '../../engine/index.ts';

/** What can be said of an asset that definitions make. `T` is the type of its value, for those who read it. */
export interface AssetOptions<T = unknown> {
  /** How it is cut into parts: one of `partitions`. Default: it is made as a whole. */
  readonly partitions?: Partitioning | undefined;
  /** What it is, for people. */
  readonly description?: string | undefined;
  /** Standard Schema of its value, checked whenever it is read. Default: anything. */
  readonly value?: StandardSchema<unknown, T> | undefined;
  /**
   * Where its value lies, by partition (null for an asset that is made as a whole). Default: its value is what the run that made
   * it last resulted in, as long as that run is kept.
   */
  readonly target?: ((partition: string | null) => AssetSource<T>) | undefined;
}

/**
 * Declares an asset that definitions name as what they make (`produces`), read (`consumes`) or wait for (`startWhen`).
 * @throws TUTTI_DEFINITION_INVALID for a name that is empty or has other characters than letters, digits, `.`, `-`, `_` and `/`;
 *   TUTTI_OPTION_UNKNOWN
 */
export function declareAsset<T = unknown>(name: string, options: AssetOptions<T> = {}): Asset<T> {
  if (typeof name !== 'string' || !/^[\w./-]+$/.test(name))
    throw invalid(`An asset is named '${name}'; expected letters, digits, '.', '-', '_' and '/'.`);
  refuseUnknownOptions(options, ['partitions', 'description', 'value', 'target'], `asset '${name}'`);
  const declared: Asset<T> = {
    type: 'asset',
    name,
    description: options.description ?? null,
    partitions: options.partitions ?? null,
    source: options.target ?? null,
    schema: options.value,
    lastPartition: () => {
      if (options.partitions !== undefined) return { type: 'last-partition', asset: declared };
      throw invalid(
        `Asset '${name}' is made as a whole, so it has no last partition; name the asset itself.`,
      );
    },
  };
  return declared;
}

/**
 * Holds when a dependency was updated, in the condition of an asset that names it in `deps`.
 * @example asset('clean', { deps: { raw }, when: any(updated('raw'), cron('0 6 * * *')) }, ({ raw }) => clean(raw));
 */
export function updated<const K extends string>(dependency: K): UpdatedDependency<K> {
  return { type: 'updated', dependency };
}

/** Holds when one of its parts has happened since the last run that the condition started. @throws TUTTI_DEFINITION_INVALID */
export function any<K extends string = never>(...parts: readonly AssetCondition<K>[]): JoinedCondition<K> {
  return { type: 'any', of: checked('any', parts) };
}

/** Holds when each of its parts has happened since the last run that the condition started. @throws TUTTI_DEFINITION_INVALID */
export function all<K extends string = never>(...parts: readonly AssetCondition<K>[]): JoinedCondition<K> {
  return { type: 'all', of: checked('all', parts) };
}

/** The assets a condition speaks of. */
export function assetsOf(of: AssetCondition): readonly Asset[] {
  if (of.type === 'asset') return [of];
  return 'of' in of ? of.of.flatMap(assetsOf) : [];
}

/** The schedules a condition speaks of. */
export function schedulesOf(of: AssetCondition): readonly Schedule[] {
  if (of.type === 'schedule') return [of];
  return 'of' in of ? of.of.flatMap(schedulesOf) : [];
}

function checked<K extends string>(
  type: string,
  parts: readonly AssetCondition<K>[],
): readonly AssetCondition<K>[] {
  if (parts.length === 0) throw invalid(`The condition ${type}() has no parts, so it would never hold.`);
  const known = ['asset', 'schedule', 'updated', 'any', 'all'];
  // Callers without types pass anything, for example the name of an asset.
  const wrong = parts.find(
    (part: unknown) => !known.includes(String((part as { type?: unknown } | null)?.type)),
  );
  if (wrong === undefined) return parts;
  throw invalid(`The condition ${type}() has a part that is no asset, schedule or condition.`);
}

function invalid(message: string): TuttiError {
  return new TuttiError('TUTTI_DEFINITION_INVALID', message);
}
