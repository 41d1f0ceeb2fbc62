import {
  eventWaitCell,
  eventWaitSpace,
  readEventWait,
  type CellWrite,
  type Engine,
  type PartitionName,
} from '../../engine/index.ts';
import type { WaitScanner } from './wait-scanner.ts';

/** Cells listed at a time, and written by one commit. */
const cellsMax = 1_000_000;
const writesMax = 500;
/** A search that goes so many records over again is not worth a cell. */
const recordsMin = 1_000;

/**
 * How far partitions were searched for waits that are still open, in cells, so that a new worker need not search all of it again.
 * A cell only says what is true for good (below this offset nothing fits this wait), so it needs no owner and no condition, and
 * one that is missing costs reading, nothing else.
 */
export class SearchProgress {
  readonly #engine: Engine;
  /** What was written last, by key. */
  readonly #written = new Map<string, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads all cells. @throws TUTTI_STORE_* */
  async load(): Promise<void> {
    const { store, payloads } = this.#engine;
    const cells = await store.listCells(eventWaitSpace, { limit: cellsMax });
    this.#written.clear();
    for (const { key, value } of cells) this.#written.set(key, Number(payloads.textNow(value) ?? 0));
  }

  /** The offset below which nothing fits the wait, as far as the cells say. */
  of(name: PartitionName, wait: { readonly run: number; readonly key: string }): number {
    return this.#written.get(eventWaitCell(name, wait)) ?? 0;
  }

  /** Writes what is worth it. @throws TUTTI_STORE_* */
  async save(name: PartitionName, scanner: WaitScanner): Promise<void> {
    const { next, waits } = scanner.searched;
    const cells: CellWrite[] = [];
    for (const wait of waits) {
      const key = eventWaitCell(name, wait);
      const before = Math.max(this.#written.get(key) ?? 0, wait.from[name.partition] ?? 0);
      if (next - before < recordsMin) continue;
      cells.push({ space: eventWaitSpace, key, value: String(next) });
      this.#written.set(key, next);
    }
    await this.#write(cells);
  }

  /** Deletes the cells of waits that are over. @throws TUTTI_STORE_* */
  async sweep(): Promise<void> {
    const { store, payloads } = this.#engine;
    // Cells first: a wait is there before its cell, so one that is not found afterwards is over for good.
    const cells = await store.listCells(eventWaitSpace, { limit: cellsMax });
    if (cells.length === 0) return;
    const open = new Set<string>();
    for (const wait of await store.listWaits({ kind: 'event' })) {
      const text = wait.detail === null ? null : payloads.textNow(wait.detail);
      if (text === null) continue;
      const { topic, partitions } = readEventWait(text);
      for (let partition = 0; partition < partitions; partition += 1)
        open.add(eventWaitCell({ topic, partition }, wait));
    }
    const over = cells.filter(({ key }) => !open.has(key));
    for (const { key } of over) this.#written.delete(key);
    await this.#write(over.map(({ key }) => ({ space: eventWaitSpace, key, value: null })));
  }

  async #write(cells: readonly CellWrite[]): Promise<void> {
    for (let i = 0; i < cells.length; i += writesMax) {
      await this.#engine.change({ when: [], cells: cells.slice(i, i + writesMax), starts: [], sends: [] });
    }
  }
}

/** The lowest offset of a partition that an open wait needs; null when none does. @throws TUTTI_STORE_* */
export async function neededByWaits(
  engine: Pick<Engine, 'store' | 'payloads'>,
  name: PartitionName,
): Promise<number | null> {
  const { store, payloads } = engine;
  const waits = await store.listWaits({ kind: 'event' });
  if (waits.length === 0) return null;
  const prefix = `${name.topic}/${name.partition}/`;
  const cells = await store.listCells(eventWaitSpace, { prefix, limit: cellsMax });
  const searched = new Map(cells.map(({ key, value }) => [key, Number(payloads.textNow(value) ?? 0)]));
  let needed: number | null = null;
  for (const wait of waits) {
    const text = wait.detail === null ? null : payloads.textNow(wait.detail);
    if (text === null) continue;
    const { topic, from } = readEventWait(text);
    if (topic !== name.topic) continue;
    const next = Math.max(from[name.partition] ?? 0, searched.get(eventWaitCell(name, wait)) ?? 0);
    needed = Math.min(needed ?? next, next);
  }
  return needed;
}
