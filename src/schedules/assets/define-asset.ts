import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import type { Asset, AssetCondition, JoinedCondition, Partitioning, Schedule } from '../../engine/index.ts';

/** What can be said of an asset. */
export interface AssetOptions {
  /** How it is cut into parts: one of `partitions`. Default: it is made as a whole. */
  readonly partitions?: Partitioning;
  /** What it is, for people. */
  readonly description?: string;
}

/**
 * Declares an asset. Definitions name it as what they make (`produces`), read (`consumes`) or wait for (`startWhen`).
 *
 * @example export const orders = asset('orders', { partitions: partitions.daily('2026-01-01', 'Europe/Zurich') });
 * @throws TUTTI_DEFINITION_INVALID for a name that is empty or has other characters than letters, digits, `.`, `-`, `_` and `/`;
 *   TUTTI_OPTION_UNKNOWN
 */
export function asset(name: string, options: AssetOptions = {}): Asset {
  if (typeof name !== 'string' || !/^[\w./-]+$/.test(name))
    throw invalid(`An asset is named '${name}'; expected letters, digits, '.', '-', '_' and '/'.`);
  refuseUnknownOptions(options, ['partitions', 'description'], `asset '${name}'`);
  return {
    type: 'asset',
    name,
    description: options.description ?? null,
    partitions: options.partitions ?? null,
  };
}

/** Holds when one of its parts has happened since the last run that the condition started. @throws TUTTI_DEFINITION_INVALID */
export function any(...parts: readonly AssetCondition[]): JoinedCondition {
  return { type: 'any', of: checked('any', parts) };
}

/** Holds when each of its parts has happened since the last run that the condition started. @throws TUTTI_DEFINITION_INVALID */
export function all(...parts: readonly AssetCondition[]): JoinedCondition {
  return { type: 'all', of: checked('all', parts) };
}

/** The assets a condition speaks of. */
export function assetsOf(of: AssetCondition): readonly Asset[] {
  if (of.type === 'asset') return [of];
  return of.type === 'schedule' ? [] : of.of.flatMap(assetsOf);
}

/** The schedules a condition speaks of. */
export function schedulesOf(of: AssetCondition): readonly Schedule[] {
  if (of.type === 'schedule') return [of];
  return of.type === 'asset' ? [] : of.of.flatMap(schedulesOf);
}

function checked(type: string, parts: readonly AssetCondition[]): readonly AssetCondition[] {
  if (parts.length === 0) throw invalid(`The condition ${type}() has no parts, so it would never hold.`);
  const known = ['asset', 'schedule', 'any', 'all'];
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
