/** What is durable of assets: one cell per asset, or per partition of it, in the space `assets`; it holds the last update. */
import { encodeValue } from '../../base/codec.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import {
  assetKey,
  assetSpace,
  partitionOfTrigger,
  type Asset,
  type AssetUpdate,
  type AssetUse,
  type CellWrite,
  type Engine,
  type RunHandle,
  type RunValues,
} from '../../engine/index.ts';
import { readCell } from '../schedule-state.ts';

/** Cells read at a time. */
const pageSize = 1_000;

/** An update with the version of its cell; a later update of anything has a greater one. */
export interface VersionedUpdate extends AssetUpdate {
  readonly version: number;
}

/** The writes that say what a run made. @throws TUTTI_PARTITION_INVALID when it does not say which partition, or not one there is. */
export function updateCells(use: AssetUse, run: RunHandle, made: RunValues): readonly CellWrite[] {
  return use.produces.map((asset) => {
    const partition = asset.partitions === null ? null : partitionMade(asset, use, { run, ...made });
    const { id, generation, definition } = run.record;
    const update: AssetUpdate = {
      asset: asset.name,
      partition,
      run: id,
      generation,
      definition,
      at: run.now,
    };
    return {
      space: assetSpace,
      key: assetKey(asset.name, partition),
      value: encodeValue(update, `the update of asset '${asset.name}'`),
    };
  });
}

interface RunMade extends RunValues {
  readonly run: RunHandle;
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
  const named = use.partitionOf?.({ input, output }) ?? null;
  if (named !== null || asset.partitions === null) return named;
  return partitionOfTrigger(asset.partitions, run.trigger);
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
