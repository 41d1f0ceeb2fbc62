/** The dependencies of an asset: which partition of each a run reads, whether it is there, and its value. */
import { TuttiError } from '../../base/tutti-error.ts';
import { validate } from '../../base/standard-schema.ts';
import {
  assetKey,
  assetSpace,
  type Asset,
  type AssetNeed,
  type AssetUpdate,
  type StepAttempt,
} from '../../engine/index.ts';

/** A dependency as one run finds it. */
export interface FoundDependency {
  readonly asset: Asset;
  readonly partition: string | null;
  /** Null for one that lies at its target without a run of ours having made it. */
  readonly update: AssetUpdate | null;
}

/** Names the state of a dependency: another text once it was made again. */
export function stateOf({ partition, update }: FoundDependency): string {
  const made = update === null ? 'outside' : `${update.run}@${update.generation ?? 1}:${update.at}`;
  return partition === null ? made : `${partition} ${made}`;
}

/** What a run for `partition` reads of a dependency. @throws TUTTI_ASSET_MISSING if it is not there. */
export async function findDependency(
  step: StepAttempt,
  { asset, pick }: AssetNeed,
  partition: string | null,
): Promise<FoundDependency> {
  if (pick === 'last') return lastMade(step, asset);
  const part = asset.partitions === null ? null : partition;
  const update = await step.readCellValue({ space: assetSpace, key: assetKey(asset.name, part) });
  // Written by the wrapper that updates assets, and by nobody else.
  const found = { asset, partition: part, update: (update as AssetUpdate | undefined) ?? null };
  if (asset.source === null ? update !== undefined : await asset.source(part).exists()) return found;
  const place = asset.source === null ? '' : ` at ${asset.source(part).name}`;
  throw missing(asset, `${partText(part)} is not there${place}`);
}

/** The value of a dependency. @throws TUTTI_ASSET_MISSING, TUTTI_INPUT_INVALID if its schema refuses it. */
export async function readDependency(step: StepAttempt, found: FoundDependency): Promise<unknown> {
  const { asset, partition } = found;
  const value = asset.source === null ? await outputOf(step, found) : await asset.source(partition).read();
  if (asset.schema === undefined) return value;
  return validate(asset.schema, value, `the value of asset '${asset.name}'`);
}

async function lastMade(step: StepAttempt, asset: Asset): Promise<FoundDependency> {
  const updates = await step.readCellValues(assetSpace, `${asset.name}|`);
  const isByTime = asset.partitions !== null && asset.partitions.timetable !== null;
  let last: AssetUpdate | null = null;
  // Written by the wrapper that updates assets, and by nobody else.
  for (const update of updates.values() as Iterable<AssetUpdate>) {
    // The keys of partitions by time sort as their times do.
    const isLater =
      last === null || (isByTime ? (update.partition ?? '') > (last.partition ?? '') : update.at >= last.at);
    if (isLater) last = update;
  }
  if (last === null) throw missing(asset, 'none of its partitions is there');
  return { asset, partition: last.partition, update: last };
}

async function outputOf(step: StepAttempt, { asset, partition, update }: FoundDependency): Promise<unknown> {
  // One without target was found by its update.
  const { run, generation } = update as AssetUpdate;
  const result = await step.readRunOutput(run, generation);
  if (result !== null) return result.output;
  throw missing(
    asset,
    `${partText(partition)} was the result of run '${run}', which is not kept any more or was not completed`,
  );
}

function partText(partition: string | null): string {
  return partition === null ? 'it' : `its partition '${partition}'`;
}

function missing(asset: Asset, fault: string): TuttiError {
  return new TuttiError('TUTTI_ASSET_MISSING', `Asset '${asset.name}' cannot be read: ${fault}.`, {
    details: { asset: asset.name },
  });
}
