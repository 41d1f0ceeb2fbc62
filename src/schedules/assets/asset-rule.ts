/**
 * Rules over assets: start a run when a condition holds.
 *
 * A rule remembers, per partition, which version of each asset its last run has seen. That memory and the run it starts are one
 * guarded group, so that two workers start one run and a crash between loses none. What is evaluated is what is durable: an update
 * that was committed before a crash is seen after it.
 *
 * An update says which partition it is about; a tick does not. A part of the condition that holds by time alone therefore starts a
 * run for the newest partition that is complete and for which everything is there; a part that needs an update as well is judged
 * for each partition on its own.
 */
import { isTuttiError, TuttiError } from '../../base/tutti-error.ts';
import {
  assetKey,
  type Asset,
  type AssetCondition,
  type Definition,
  type Engine,
  type RunStart,
  type Schedule,
} from '../../engine/index.ts';
import type { Rest } from '../tender.ts';
import { triggeredStart } from '../triggered-start.ts';
import { listUpdates, readUpdate, type VersionedUpdate } from './asset-updates.ts';
import { assetsOf, schedulesOf } from './define-asset.ts';
import { holdsByTime, holdsByUpdates, judge, withoutTimeAlone, wouldHoldAtTick } from './judge-condition.ts';
import { newestPartition, timedPartitions, type PartitionSearch } from './newest-partition.ts';
import { readSeen, readWatermark, seenCell, type SeenMemory, type StoredMemory } from './rule-memory.ts';

/** A condition, and the definition it starts. */
export interface AssetRule {
  readonly name: string;
  readonly definition: Definition;
  readonly when: AssetCondition;
  readonly assets: readonly Asset[];
  /** What is judged for each partition on its own; null for a condition without partitions, or without anything else than ticks. */
  readonly byPartition: AssetCondition | null;
  /** How to find the partition for what names none; null when the runs are about none. */
  readonly newest: PartitionSearch | null;
}

/** Every rule of the definitions. @throws TUTTI_DEFINITION_INVALID for a tick beside partitions that are not by time. */
export function assetRules(definitions: readonly Definition[]): readonly AssetRule[] {
  return definitions.flatMap((definition) => {
    const when = definition.assets?.when ?? null;
    return when === null ? [] : [assetRule(definition, when)];
  });
}

function assetRule(definition: Definition, when: AssetCondition): AssetRule {
  const { name } = definition;
  const assets = assetsOf(when);
  const isPartitioned = assets.some(({ partitions }) => partitions !== null);
  const byPartition = isPartitioned ? withoutTimeAlone(when) : null;
  return { name, definition, when, assets, byPartition, newest: searchOf(definition, when) };
}

/** @throws TUTTI_DEFINITION_INVALID */
function searchOf(definition: Definition, when: AssetCondition): PartitionSearch | null {
  const { needs, produces = [] } = definition.assets ?? {};
  const assets = assetsOf(when);
  const isPartitioned = assets.some(({ partitions }) => partitions !== null);
  const makesPartitions = needs !== undefined && produces.some(({ partitions }) => partitions !== null);
  if (isPartitioned ? !holdsByTime(when) : !makesPartitions) return null;
  const partitions =
    timedPartitions(definition) ?? assets.find((asset) => asset.partitions !== null)?.partitions ?? null;
  if (partitions !== null && partitions.timetable !== null)
    return {
      partitions,
      needs: [...(needs ?? []), ...assets.map((asset) => ({ asset, pick: 'same' }) as const)],
    };
  throw new TuttiError(
    'TUTTI_DEFINITION_INVALID',
    `Definition '${definition.name}' starts on something that names no partition, and its partitions are not by time, so that none ` +
      'is the newest; expected partitions by days or weeks, or a condition that needs an update of a partition.',
    { details: { definition: definition.name } },
  );
}

/**
 * The keys under which a rule is tended, its definition's name and for partitions that and the partition, with the version of the
 * newest update that concerns each.
 */
export async function ruleVersions(engine: Engine, rule: AssetRule): Promise<ReadonlyMap<string, number>> {
  const { name, byPartition } = rule;
  const watermark = await readWatermark(engine, rule);
  const isWhole = rule.newest !== null || !rule.assets.some(({ partitions }) => partitions !== null);
  const versions = new Map<string, number>(isWhole ? [[name, watermark]] : []);
  let whole = 0;
  for (const asset of rule.assets) {
    for (const { partition, version } of await listUpdates(engine, asset.name)) {
      if (version <= watermark) continue;
      const key = assetKey(name, byPartition === null ? null : partition);
      // An asset that is made as a whole concerns every partition.
      if (byPartition !== null && partition === null) whole = Math.max(whole, version);
      else versions.set(key, Math.max(version, versions.get(key) ?? 0));
    }
  }
  return new Map([...versions].map(([key, version]) => [key, Math.max(version, whole)]));
}

/** Judges a rule, or one partition of it, and starts a run if the condition holds. @throws TUTTI_STORE_*: nothing was started. */
export async function tendRule(engine: Engine, rule: AssetRule, key: string): Promise<Rest | 'again'> {
  const partition = key === rule.name ? null : key.slice(rule.name.length + 1);
  const watermark = await readWatermark(engine, rule);
  const stored = await readSeen(engine, key);
  const now = engine.clock.now();
  const updates = await updatesOf(engine, rule, partition);
  const fresh = updates.filter(({ version, key: of }) => version > (stored.memory?.seen[of] ?? watermark));
  const look: Look = { partition, now, stored, updates, fresh };
  const { holds, until } = judgeLook(rule, look);
  const memory = stored.memory ?? { seen: {}, tickedAt: firstTickedAt(look), refused: null };
  if (!holds && (stored.memory !== null || until === null)) return { until, runs: [] };
  if (holds) return startRun(engine, rule, look);
  await engine.change({
    when: [stored.unchanged],
    cells: [seenCell(engine, stored, memory)],
    starts: [],
    sends: [],
  });
  return 'again';
}

/** An update with the key of its cell. */
interface KeyedUpdate extends VersionedUpdate {
  readonly key: string;
}

/** What one look at a rule, or at one partition of it, finds. */
interface Look {
  readonly partition: string | null;
  readonly now: number;
  readonly stored: StoredMemory;
  readonly updates: readonly KeyedUpdate[];
  /** Those that the last run has not seen. */
  readonly fresh: readonly KeyedUpdate[];
}

/** Ticks count from when a partition had something new; for a rule as a whole, from when it was first looked at. */
function firstTickedAt({ partition, now, fresh }: Look): number {
  return partition === null ? now : Math.min(now, ...fresh.map(({ at }) => at));
}

function judgeLook(rule: AssetRule, look: Look): { readonly holds: boolean; readonly until: number | null } {
  const { partition, now, stored, fresh } = look;
  const tickedAt = stored.memory?.tickedAt ?? firstTickedAt(look);
  const isNew = ({ name, partitions }: Asset): boolean =>
    fresh.some((update) => update.key === assetKey(name, partitions === null ? null : partition));
  const hasTicked = ({ timetable }: Schedule): boolean => (timetable.next(tickedAt) ?? now + 1) <= now;
  if (partition !== null) {
    const of = rule.byPartition;
    if (of === null) return { holds: false, until: null };
    // A partition without anything new rests for good: a tick alone is not about it.
    const waitsForTick = wouldHoldAtTick(of, isNew) && !holdsByUpdates(of, isNew);
    return { holds: judge(of, { isNew, hasTicked }), until: waitsForTick ? nextTick(of, now) : null };
  }
  // Where partitions are judged on their own, only the time is left for the rule as a whole.
  const happened = { isNew: rule.byPartition === null ? isNew : () => false, hasTicked };
  return { holds: judge(rule.when, happened), until: nextTick(rule.when, now) };
}

function nextTick(of: AssetCondition, now: number): number | null {
  const ticks = schedulesOf(of)
    .map(({ timetable }) => timetable.next(now))
    .filter((tick): tick is number => tick !== null);
  return ticks.length === 0 ? null : Math.min(...ticks);
}

async function updatesOf(
  engine: Engine,
  rule: AssetRule,
  partition: string | null,
): Promise<readonly KeyedUpdate[]> {
  const updates: KeyedUpdate[] = [];
  for (const { name, partitions } of rule.assets) {
    const part = partitions === null ? null : partition;
    const update = await readUpdate(engine, name, part);
    if (update !== null) updates.push({ ...update, key: assetKey(name, part) });
  }
  return updates;
}

/** Starts a run for what was found, or notes why not; one group with what is remembered of it. */
async function startRun(engine: Engine, rule: AssetRule, look: Look): Promise<'again'> {
  const { stored, now } = look;
  const isPicked = look.partition === null && rule.newest !== null;
  const picked = isPicked ? await newestPartition(engine, rule.newest, now) : look.partition;
  const made =
    isPicked && picked === null
      ? { refused: 'No partition is complete and has everything that it is made from.' }
      : await startOf(engine, rule, { ...look, partition: picked, isPicked });
  const refused = 'refused' in made ? made.refused : null;
  const memories = [{ of: stored, memory: remember(look.updates, now, refused) }];
  if (isPicked && picked !== null && rule.byPartition !== null) {
    // The run sees what is new of its partition, which is not to start another one.
    const of = await readSeen(engine, assetKey(rule.name, picked));
    memories.push({ of, memory: remember(await updatesOf(engine, rule, picked), now, refused) });
  }
  await engine.change({
    when: memories.map(({ of }) => of.unchanged),
    cells: memories.map(({ of, memory }) => seenCell(engine, of, memory)),
    starts: 'start' in made ? [made.start] : [],
    sends: [],
  });
  return 'again';
}

function remember(updates: readonly KeyedUpdate[], now: number, refused: string | null): SeenMemory {
  const seen = Object.fromEntries(updates.map(({ key, version }) => [key, version]));
  return { seen, tickedAt: now, refused };
}

/** The run to start, or why the definition does not take it: it is then not tried again for the same updates. */
async function startOf(
  engine: Engine,
  { definition, assets }: AssetRule,
  look: Look & { readonly isPicked: boolean },
): Promise<{ readonly start: RunStart } | { readonly refused: string }> {
  const { partition } = look;
  const timed =
    timedPartitions(definition) ?? assets.find(({ partitions }) => partitions !== null)?.partitions;
  try {
    const start = await triggeredStart(engine, {
      id: `${definition.name}@${occasion(look)}`,
      definition,
      input: undefined,
      trigger: {
        by: 'asset',
        schedule: definition.name,
        interval: partition === null ? null : (timed?.intervalOf(partition) ?? null),
        backfill: null,
        ignoresPast: false,
        previousRun: null,
        partition,
      },
      onConflict: 'refuse',
      wakeAt: 0,
    });
    return { start };
  } catch (error) {
    if (isTuttiError(error) && !error.retryable) return { refused: error.message };
    throw error;
  }
}

/** Names a run within its definition: two looks at the same thing give one name. */
function occasion({ partition, updates, now, isPicked }: Look & { readonly isPicked: boolean }): string {
  const newest = Math.max(0, ...updates.map(({ version }) => version));
  if (partition === null) return `update-${newest}.${now}`;
  // A partition is started for each update once; a tick may mean the same one again.
  if (!isPicked) return `${partition}.update-${newest}`;
  return `${partition}.${new Date(now).toISOString().replace('.000Z', 'Z')}`;
}
