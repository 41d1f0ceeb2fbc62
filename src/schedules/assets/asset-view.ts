import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Asset, Definition, Engine } from '../../engine/index.ts';
import { listUpdates, type VersionedUpdate } from './asset-updates.ts';
import { assetsOf } from './define-asset.ts';

/** An asset as people and programs outside see it. */
export interface AssetView {
  readonly name: string;
  readonly description: string | null;
  /** How it is cut into parts, in words; null for an asset that is made as a whole, or that no loaded definition declares. */
  readonly partitions: string | null;
  /** Names of the definitions that make it, and of those that read it or wait for it. */
  readonly producers: readonly string[];
  readonly consumers: readonly string[];
  /** How many of its partitions were made; 1 or 0 for an asset that is made as a whole. */
  readonly made: number;
  /** The newest update; null if it was never made. */
  readonly last: VersionedUpdate | null;
}

/** An asset with the last update of each partition, by key. */
export interface AssetDetail extends AssetView {
  readonly updates: readonly VersionedUpdate[];
}

/** Every asset that a definition declares or that was ever updated, by name. */
export async function listAssets(engine: Engine): Promise<readonly AssetView[]> {
  const updates = Map.groupBy(await listUpdates(engine), ({ asset }) => asset);
  const declared = declaredAssets(engine.definitions);
  const names = [...new Set([...declared.keys(), ...updates.keys()])].toSorted();
  return names.map((name) => viewAsset(engine, name, { declared, updates: updates.get(name) ?? [] }));
}

/** One asset with its partitions. @throws TUTTI_ASSET_NOT_FOUND with the nearest name. */
export async function showAsset(engine: Engine, name: string): Promise<AssetDetail> {
  const declared = declaredAssets(engine.definitions);
  const updates = await listUpdates(engine, name);
  if (declared.has(name) || updates.length > 0)
    return { ...viewAsset(engine, name, { declared, updates }), updates };
  const nearest = nearestName(name, [...declared.keys()]);
  const hint = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  throw new TuttiError('TUTTI_ASSET_NOT_FOUND', `No asset is named '${name}'${hint}.`, {
    details: { asset: name, ...(nearest === undefined ? {} : { nearest }) },
  });
}

/** The assets a definition reads: those it names, and those it waits for. */
export function assetsRead({ assets }: Definition): readonly Asset[] {
  if (assets === undefined) return [];
  return [...new Set([...assets.consumes, ...(assets.when === null ? [] : assetsOf(assets.when))])];
}

function declaredAssets(definitions: readonly Definition[]): ReadonlyMap<string, Asset> {
  const all = definitions.flatMap((definition) => [
    ...(definition.assets?.produces ?? []),
    ...assetsRead(definition),
  ]);
  return new Map(all.map((asset) => [asset.name, asset]));
}

function viewAsset(
  engine: Engine,
  name: string,
  known: {
    readonly declared: ReadonlyMap<string, Asset>;
    readonly updates: readonly VersionedUpdate[];
  },
): AssetView {
  const { declared, updates } = known;
  const asset = declared.get(name);
  const isThis = (other: Asset): boolean => other.name === name;
  return {
    name,
    description: asset?.description ?? null,
    partitions: asset?.partitions?.text ?? null,
    producers: engine.definitions
      .filter(({ assets }) => assets?.produces.some(isThis))
      .map((definition) => definition.name),
    consumers: engine.definitions
      .filter((definition) => assetsRead(definition).some(isThis))
      .map((definition) => definition.name),
    made: updates.length,
    last: updates.toSorted((one, other) => other.version - one.version)[0] ?? null,
  };
}
