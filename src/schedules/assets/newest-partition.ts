/** Which partition a run makes that nothing gives one: the newest that is complete and for which everything it needs is there. */
import type { AssetNeed, Definition, Engine, Partitioning } from '../../engine/index.ts';
import { listUpdates, readUpdate } from './asset-updates.ts';

/** How many partitions are looked at, from the newest that is complete on, before none counts as ready. */
const lookedAtMax = 1_000;

/** What makes a partition, and what has to be there for it. */
export interface PartitionSearch {
  readonly partitions: Partitioning;
  readonly needs: readonly AssetNeed[];
}

/** The partitions of what a definition makes, if they are by time. */
export function timedPartitions({ assets }: Definition): Partitioning | null {
  return (
    assets?.produces.find(({ partitions }) => partitions !== null && partitions.timetable !== null)
      ?.partitions ?? null
  );
}

/** See the top of the file. A partition is complete once its time is over. Null if there is none. */
export async function newestPartition(
  engine: Engine,
  { partitions, needs }: PartitionSearch,
  now: number,
): Promise<string | null> {
  for (const need of needs) if (!isOfPartition(need) && !(await isThere(engine, need, null))) return null;
  const own = needs.filter(isOfPartition);
  const { timetable } = partitions;
  let start = timetable?.previous(timetable.previous(now + 1) ?? Number.NEGATIVE_INFINITY) ?? null;
  for (let count = 0; start !== null && count < lookedAtMax; count += 1) {
    const key = partitions.keyAt(start);
    if (key !== null && (await areThere(engine, own, key))) return key;
    start = timetable?.previous(start) ?? null;
  }
  return null;
}

/** Whether what is needed differs from partition to partition. */
export function isOfPartition({ asset, pick }: AssetNeed): boolean {
  return pick === 'same' && asset.partitions !== null;
}

async function areThere(engine: Engine, needs: readonly AssetNeed[], key: string): Promise<boolean> {
  for (const need of needs) if (!(await isThere(engine, need, key))) return false;
  return true;
}

async function isThere(engine: Engine, { asset, pick }: AssetNeed, key: string | null): Promise<boolean> {
  if (pick === 'last') return (await listUpdates(engine, asset.name)).length > 0;
  if (asset.source !== null) return asset.source(key).exists();
  return (await readUpdate(engine, asset.name, key)) !== null;
}
