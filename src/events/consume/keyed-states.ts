import { decodeValue, encodeValue } from '../../base/codec.ts';
import { absentCell, type CellCondition, type CellWrite, type Engine } from '../../engine/index.ts';
import type { StagedEffects } from './staged-effects.ts';

/** How many keys are kept in memory. */
const cachedMax = 50_000;

/** The space of the states that handlers of this cursor keep; see `cursorNameOf`. */
export function stateSpace(topic: string, cursorName: string): string {
  return `state:${topic}/${cursorName}`;
}

/**
 * Durable values by event key, as cells. What was seen once is not read again, although its owner is not the only one who
 * writes it: what is redriven has a cursor of its own, and may be another worker's. So a commit names the version that each value was
 * computed from, and if another has written it since, the whole commit is refused and its events are handled anew.
 */
export class KeyedStates {
  readonly #engine: Engine;
  readonly #space: string;
  /** Encoded; null for none. The least recently used first. */
  readonly #cache = new Map<string, string | null>();
  /** Of those in the cache, the versions on disk, as far as they are known. One that is not was set without being read. */
  readonly #versions = new Map<string, number>();

  constructor(engine: Engine, space: string) {
    this.#engine = engine;
    this.#space = space;
  }

  /** The value that handlers before left, or that this one has set. */
  async get(key: string, staged: StagedEffects): Promise<unknown> {
    const own = staged.cells.findLast((cell) => cell.space === this.#space && cell.key === key);
    if (own !== undefined) return typeof own.value === 'string' ? decodeValue(own.value) : null;
    const text = await this.#textOf(key);
    return text === null ? null : decodeValue(text);
  }

  set(key: string, value: unknown, staged: StagedEffects): void {
    const isGone = value === null || value === undefined;
    const text = isGone ? null : encodeValue(value, `the state of key "${key}"`);
    staged.cells.push({ space: this.#space, key, value: text });
  }

  /** What a handler set is on its way to disk, so that the next one must see it. */
  accepted(staged: StagedEffects): void {
    for (const { space, key, value } of staged.cells) {
      if (space === this.#space) this.#remember(key, typeof value === 'string' ? value : null);
    }
  }

  /** What must hold for these writes: the values are those that this consumer knows. */
  conditions(cells: readonly CellWrite[]): readonly CellCondition[] {
    if (this.#versions.size === 0) return [];
    const byKey = new Map<string, CellCondition>();
    for (const { space, key } of cells) {
      const version = space === this.#space ? this.#versions.get(key) : undefined;
      if (version !== undefined) byKey.set(key, { space, key, version });
    }
    return [...byKey.values()];
  }

  /** The writes are on disk, under these versions. */
  written(cells: readonly CellWrite[], versions: readonly number[]): void {
    for (const [index, { space, key }] of cells.entries()) {
      const version = versions[index];
      if (space === this.#space && version !== undefined && this.#cache.has(key))
        this.#versions.set(key, version);
    }
  }

  async #textOf(key: string): Promise<string | null> {
    const known = this.#cache.get(key);
    if (known !== undefined) {
      this.#remember(key, known);
      return known;
    }
    const cell = await this.#engine.store.getCell(this.#space, key);
    const text = cell === null ? null : this.#engine.payloads.textNow(cell.value);
    // Somebody may have set it while it was being read.
    const newer = this.#cache.get(key);
    if (newer !== undefined) return newer;
    this.#remember(key, text);
    this.#versions.set(key, cell?.version ?? absentCell);
    return text;
  }

  #remember(key: string, text: string | null): void {
    this.#cache.delete(key);
    this.#cache.set(key, text);
    if (this.#cache.size <= cachedMax) return;
    const [oldest] = this.#cache.keys();
    if (oldest === undefined) return;
    this.#cache.delete(oldest);
    this.#versions.delete(oldest);
  }
}
