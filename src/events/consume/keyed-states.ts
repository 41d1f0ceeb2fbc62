import { decodeValue, encodeValue } from '../../base/codec.ts';
import type { Engine } from '../../engine/index.ts';
import type { StagedEffects } from './staged-effects.ts';

/** How many keys are kept in memory. */
const cachedMax = 50_000;

/**
 * Durable values by event key, as cells. The owner of a partition is the only one who writes those of its keys, so what
 * it has seen once it need not read again.
 */
export class KeyedStates {
  readonly #engine: Engine;
  readonly #space: string;
  /** Encoded; null for none. The least recently used first. */
  readonly #cache = new Map<string, string | null>();

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
    return text;
  }

  #remember(key: string, text: string | null): void {
    this.#cache.delete(key);
    this.#cache.set(key, text);
    if (this.#cache.size <= cachedMax) return;
    const [oldest] = this.#cache.keys();
    if (oldest !== undefined) this.#cache.delete(oldest);
  }
}
