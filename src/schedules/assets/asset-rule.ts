/**
 * Rules over assets: start a run when a condition holds.
 *
 * A rule remembers, per partition, which version of each asset its last run has seen. That memory and the run it starts are one
 * guarded group, so that two workers start one run and a crash between loses none. What is evaluated is what is durable: an update
 * that was committed before a crash is seen after it.
 */
import { isTuttiError, TuttiError } from '../../base/tutti-error.ts';
import {
  absentCell,
  assetKey,
  type Asset,
  type AssetCondition,
  type Definition,
  type Engine,
  type RunStart,
  type Schedule,
} from '../../engine/index.ts';
import { readCell, writeCell } from '../schedule-state.ts';
import type { Rest } from '../tender.ts';
import { triggeredStart } from '../triggered-start.ts';
import { listUpdates, readUpdate } from './asset-updates.ts';
import { assetsOf, schedulesOf } from './define-asset.ts';

/** The space of what the rules remember. */
const ruleSpace = 'asset-rules';

/** A condition, and the definition it starts. */
export interface AssetRule {
  readonly definition: Definition;
  readonly when: AssetCondition;
  readonly assets: readonly Asset[];
  /** Whether it is judged for each partition on its own. */
  readonly isPartitioned: boolean;
}

/** What the rule as a whole remembers. */
interface RuleMemory {
  /** Updates up to this version were there before the rule was: they start nothing. */
  readonly watermark: number;
}

/** What a rule, or one partition of it, remembers of its last run. */
interface SeenMemory {
  /** Versions by the key of the asset's cell. */
  readonly seen: Readonly<Record<string, number>>;
  /** Ticks up to here have been counted. */
  readonly tickedAt: number;
  /** Why the definition did not take the last run; null if it did. */
  readonly refused: string | null;
}

/** Every rule of the definitions. @throws TUTTI_DEFINITION_INVALID for time beside partitions, which would leave open whose tick it is. */
export function assetRules(definitions: readonly Definition[]): readonly AssetRule[] {
  return definitions.flatMap((definition) => {
    const when = definition.assets?.when ?? null;
    if (when === null) return [];
    const assets = assetsOf(when);
    const isPartitioned = assets.some(({ partitions }) => partitions !== null);
    if (isPartitioned && schedulesOf(when).length > 0) {
      throw new TuttiError(
        'TUTTI_DEFINITION_INVALID',
        `Definition '${definition.name}' starts on a tick or on partitioned assets; expected one of them. Give it a schedule of its own for the time.`,
        { details: { definition: definition.name } },
      );
    }
    return [{ definition, when, assets, isPartitioned }];
  });
}

/**
 * The keys under which a rule is tended, its definition's name and for partitions that and the partition, with the version of the
 * newest update that concerns each.
 */
export async function ruleVersions(engine: Engine, rule: AssetRule): Promise<ReadonlyMap<string, number>> {
  const { name } = rule.definition;
  const watermark = await readWatermark(engine, rule);
  const versions = new Map<string, number>(rule.isPartitioned ? [] : [[name, watermark]]);
  let whole = 0;
  for (const asset of rule.assets) {
    for (const { partition, version } of await listUpdates(engine, asset.name)) {
      if (version <= watermark) continue;
      const key = assetKey(name, rule.isPartitioned ? partition : null);
      // An asset that is made as a whole concerns every partition.
      if (rule.isPartitioned && partition === null) whole = Math.max(whole, version);
      else versions.set(key, Math.max(version, versions.get(key) ?? 0));
    }
  }
  return new Map([...versions].map(([key, version]) => [key, Math.max(version, whole)]));
}

/** Judges a rule, or one partition of it, and starts a run if the condition holds. @throws TUTTI_STORE_*: nothing was started. */
export async function tendRule(engine: Engine, rule: AssetRule, key: string): Promise<Rest | 'again'> {
  const partition = rule.isPartitioned ? key.slice(rule.definition.name.length + 1) : null;
  const watermark = await readWatermark(engine, rule);
  const cell = await engine.store.getCell(ruleSpace, `${key}|seen`);
  const now = engine.clock.now();
  const memory =
    cell === null ? { seen: {}, tickedAt: now, refused: null } : await readCell<SeenMemory>(engine, cell);
  const versions = await versionsOf(engine, rule, partition);
  const isNew = (asset: Asset): boolean => {
    const name = assetKey(asset.name, asset.partitions === null ? null : partition);
    return (versions[name] ?? absentCell) > (memory.seen[name] ?? watermark);
  };
  const hasTicked = ({ timetable }: Schedule): boolean => (timetable.next(memory.tickedAt) ?? now + 1) <= now;
  const holds = judge(rule.when, isNew, hasTicked);
  const until = nextTick(rule, now);
  if (!holds && (cell !== null || until === null)) return { until, runs: [] };
  const made = holds ? await startOf(engine, rule, { partition, versions, now }) : null;
  const refused = made !== null && 'refused' in made ? made.refused : null;
  const next: SeenMemory = holds ? { seen: versions, tickedAt: now, refused } : memory;
  await engine.change({
    when: [{ space: ruleSpace, key: `${key}|seen`, version: cell?.version ?? absentCell }],
    cells: [writeCell(engine, ruleSpace, `${key}|seen`, next)],
    starts: made !== null && 'start' in made ? [made.start] : [],
    sends: [],
  });
  return 'again';
}

/** Whether the condition holds, given which assets are new and which schedules have ticked. */
function judge(
  of: AssetCondition,
  isNew: (asset: Asset) => boolean,
  hasTicked: (schedule: Schedule) => boolean,
): boolean {
  switch (of.type) {
    case 'asset':
      return isNew(of);
    case 'schedule':
      return hasTicked(of);
    case 'any':
      return of.of.some((part) => judge(part, isNew, hasTicked));
    case 'all':
      return of.of.every((part) => judge(part, isNew, hasTicked));
    default:
      // Only the definition of an asset may speak of dependencies by name, and it puts the assets in their place.
      return false;
  }
}

function nextTick(rule: AssetRule, now: number): number | null {
  const ticks = schedulesOf(rule.when)
    .map(({ timetable }) => timetable.next(now))
    .filter((tick): tick is number => tick !== null);
  return ticks.length === 0 ? null : Math.min(...ticks);
}

async function versionsOf(
  engine: Engine,
  rule: AssetRule,
  partition: string | null,
): Promise<Readonly<Record<string, number>>> {
  const versions: Record<string, number> = {};
  for (const asset of rule.assets) {
    const part = asset.partitions === null ? null : partition;
    const update = await readUpdate(engine, asset.name, part);
    if (update !== null) versions[assetKey(asset.name, part)] = update.version;
  }
  return versions;
}

async function readWatermark(engine: Engine, rule: AssetRule): Promise<number> {
  const { name } = rule.definition;
  for (;;) {
    const cell = await engine.store.getCell(ruleSpace, name);
    if (cell !== null) return (await readCell<RuleMemory>(engine, cell)).watermark;
    const updates = (await Promise.all(rule.assets.map((asset) => listUpdates(engine, asset.name)))).flat();
    const memory: RuleMemory = { watermark: Math.max(0, ...updates.map(({ version }) => version)) };
    await engine.change({
      when: [{ space: ruleSpace, key: name, version: absentCell }],
      cells: [writeCell(engine, ruleSpace, name, memory)],
      starts: [],
      sends: [],
    });
  }
}

/** The run to start, or why the definition does not take it: it is then not tried again for the same updates. */
async function startOf(
  engine: Engine,
  rule: AssetRule,
  what: {
    readonly partition: string | null;
    readonly versions: Readonly<Record<string, number>>;
    readonly now: number;
  },
): Promise<{ readonly start: RunStart } | { readonly refused: string }> {
  const { definition, assets } = rule;
  const { partition, versions, now } = what;
  const newest = Math.max(0, ...Object.values(versions));
  const occasion = partition === null ? `update-${newest}.${now}` : `${partition}.update-${newest}`;
  const timed = assets.find(({ partitions }) => partitions !== null)?.partitions ?? null;
  try {
    const start = await triggeredStart(engine, {
      id: `${definition.name}@${occasion}`,
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
