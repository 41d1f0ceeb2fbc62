/** What rules over assets remember, in cells of the space `asset-rules`. */
import { absentCell, type Asset, type CellWrite, type Engine } from '../../engine/index.ts';
import { readCell, writeCell } from '../schedule-state.ts';
import { listUpdates } from './asset-updates.ts';

const ruleSpace = 'asset-rules';

/** What the rule as a whole remembers. */
interface RuleMemory {
  /** Updates up to this version were there before the rule was: they start nothing. */
  readonly watermark: number;
}

/** What a rule, or one partition of it, remembers of its last run. */
export interface SeenMemory {
  /** Versions by the key of the asset's cell. */
  readonly seen: Readonly<Record<string, number>>;
  /** Ticks up to here have been counted. */
  readonly tickedAt: number;
  /** Why there was no run the last time the condition held; null if there was one. */
  readonly refused: string | null;
}

/** A memory with the cell it lies in. */
export interface StoredMemory {
  /** Null when nothing is remembered yet. */
  readonly memory: SeenMemory | null;
  /** The condition under which it is still what was read. */
  readonly unchanged: { readonly space: string; readonly key: string; readonly version: number };
}

/** What is remembered under a key: the rule's name, or that and a partition. */
export async function readSeen(engine: Engine, key: string): Promise<StoredMemory> {
  const cell = await engine.store.getCell(ruleSpace, `${key}|seen`);
  const unchanged = { space: ruleSpace, key: `${key}|seen`, version: cell?.version ?? absentCell };
  return { memory: cell === null ? null : await readCell<SeenMemory>(engine, cell), unchanged };
}

/** The write of a memory. */
export function seenCell(engine: Engine, { unchanged }: StoredMemory, memory: SeenMemory): CellWrite {
  return writeCell(engine, unchanged.space, unchanged.key, memory);
}

/** The version up to which updates were there before the rule; noted when it is first asked for. */
export async function readWatermark(
  engine: Engine,
  rule: { readonly name: string; readonly assets: readonly Asset[] },
): Promise<number> {
  const { name, assets } = rule;
  for (;;) {
    const cell = await engine.store.getCell(ruleSpace, name);
    if (cell !== null) return (await readCell<RuleMemory>(engine, cell)).watermark;
    const updates = (await Promise.all(assets.map((asset) => listUpdates(engine, asset.name)))).flat();
    const memory: RuleMemory = { watermark: Math.max(0, ...updates.map(({ version }) => version)) };
    await engine.change({
      when: [{ space: ruleSpace, key: name, version: absentCell }],
      cells: [writeCell(engine, ruleSpace, name, memory)],
      starts: [],
      sends: [],
    });
  }
}
