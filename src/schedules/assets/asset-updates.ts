/** What is durable of assets: one cell per asset, or per partition of it, in the space `assets`; it holds the last update. */
import { encodeValue } from '../../base/codec.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Asset, AssetUse, CellWrite, Engine, RunHandle } from '../../engine/index.ts';
import { readCell } from '../schedule-state.ts';

/** The space of the assets' cells. */
const assetSpace = 'assets';

/** Cells read at a time. */
const pageSize = 1_000;

/** The last update of an asset or partition. */
export interface AssetUpdate {
  readonly asset: string;
  /** Null for an asset that is made as a whole. */
  readonly partition: string | null;
  /** The run that made it. */
  readonly run: string;
  readonly definition: string;
  readonly at: number;
}

/** An update with the version of its cell; a later update of anything has a greater one. */
export interface VersionedUpdate extends AssetUpdate {
  readonly version: number;
}

/** The key of the cell of an asset or partition. */
export function assetKey(name: string, partition: string | null): string {
  return partition === null ? name : `${name}|${partition}`;
}

/** The writes that say what a run made. @throws TUTTI_PARTITION_INVALID when it does not say which partition, or not one there is. */
export function updateCells(
  use: AssetUse,
  run: RunHandle,
  made: { readonly input: unknown; readonly output: unknown },
): readonly CellWrite[] {
  return use.produces.map((asset) => {
    const partition = asset.partitions === null ? null : partitionMade(asset, use, { run, ...made });
    const { id, definition } = run.record;
    const update: AssetUpdate = { asset: asset.name, partition, run: id, definition, at: run.now };
    return {
      space: assetSpace,
      key: assetKey(asset.name, partition),
      value: encodeValue(update, `the update of asset '${asset.name}'`),
    };
  });
}

interface RunMade {
  readonly run: RunHandle;
  readonly input: unknown;
  readonly output: unknown;
}

function partitionMade(asset: Asset, use: AssetUse, made: RunMade): string {
  const key = namedPartition(asset, use, made);
  if (key !== null && asset.partitions?.has(key) === true) return key;
  const { id } = made.run.record;
  const fault = key === null ? 'does not say which partition it made' : `made the partition '${key}'`;
  throw new TuttiError(
    'TUTTI_PARTITION_INVALID',
    `Run '${id}' ${fault}; asset '${asset.name}' has the partitions ${asset.partitions?.text ?? ''}.`,
    { details: { run: id, asset: asset.name, partition: key } },
  );
}

/** The partition that the definition names, else that of the trigger, else the one in which the run's interval begins. */
function namedPartition(asset: Asset, use: AssetUse, { run, input, output }: RunMade): string | null {
  if (use.partitionOf !== null) return use.partitionOf({ input, output });
  if (run.trigger === null) return null;
  const { partition, interval } = run.trigger;
  if (partition !== null || interval === null) return partition;
  return asset.partitions?.keyAt(interval.start) ?? null;
}

/** The last update of an asset made as a whole, or of one partition; null if there is none. */
export async function readUpdate(
  engine: Engine,
  name: string,
  partition: string | null,
): Promise<VersionedUpdate | null> {
  const cell = await engine.store.getCell(assetSpace, assetKey(name, partition));
  if (cell === null) return null;
  return { ...(await readCell<AssetUpdate>(engine, cell)), version: cell.version };
}

/** The last updates of an asset and all its partitions, by key; of all assets without a name. */
export async function listUpdates(engine: Engine, name?: string): Promise<readonly VersionedUpdate[]> {
  const updates: VersionedUpdate[] = [];
  const prefix = name ?? '';
  let after: string | undefined;
  for (;;) {
    const page = { prefix, limit: pageSize, ...(after === undefined ? {} : { after }) };
    const cells = await engine.store.listCells(assetSpace, page);
    for (const cell of cells) {
      const update = await readCell<AssetUpdate>(engine, cell);
      if (name === undefined || update.asset === name) updates.push({ ...update, version: cell.version });
    }
    after = cells.at(-1)?.key;
    if (cells.length < pageSize) return updates;
  }
}
