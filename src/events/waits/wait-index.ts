import { typeBit } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import { matchesPattern } from '../pattern/match-pattern.ts';
import { PatternIndex } from '../pattern/pattern-index.ts';
import type { OpenWait } from './open-wait.ts';

/** So many waits are tried one by one before they are worth an index. */
const looseMin = 32;

/** The waits for one type of event. */
class TypeWaits {
  readonly #waits = new Map<string, OpenWait>();
  /** In the index, by number; some may be gone. */
  #indexed: readonly OpenWait[] = [];
  #index = new PatternIndex([]);
  /** Not in the index yet, or without a pattern. */
  #loose = new Map<string, OpenWait>();

  get size(): number {
    return this.#waits.size;
  }

  add(wait: OpenWait): void {
    this.#waits.set(wait.id, wait);
    this.#loose.set(wait.id, wait);
  }

  remove(id: string): void {
    this.#waits.delete(id);
    this.#loose.delete(id);
  }

  match(event: PublishedEvent): readonly OpenWait[] {
    if (this.#loose.size > Math.max(looseMin, this.#indexed.length / 2)) this.#rebuild();
    const found: OpenWait[] = [];
    for (const number of this.#index.match(event)) {
      const wait = this.#indexed[number];
      if (wait !== undefined && this.#waits.get(wait.id) === wait) found.push(wait);
    }
    for (const wait of this.#loose.values()) {
      if (wait.pattern === null || matchesPattern(wait.pattern, event)) found.push(wait);
    }
    return found;
  }

  /** Costs what all waits cost, and is done when their number has grown by half: a constant amount per wait. */
  #rebuild(): void {
    const patterned = [...this.#waits.values()].filter(({ pattern }) => pattern !== null);
    this.#index = new PatternIndex(patterned.flatMap(({ pattern }) => pattern ?? []));
    this.#indexed = patterned;
    this.#loose = new Map([...this.#loose].filter(([, { pattern }]) => pattern === null));
  }
}

/** Open waits of one partition, indexed by the type of event they want and by their patterns. */
export class WaitIndex {
  readonly #byType = new Map<string, TypeWaits>();
  readonly #waits = new Map<string, OpenWait>();
  #types = 0;

  get size(): number {
    return this.#waits.size;
  }

  /** Bits of the types wanted; see `typeBit`. */
  get types(): number {
    return this.#types;
  }

  get all(): Iterable<OpenWait> {
    return this.#waits.values();
  }

  wants(type: string): boolean {
    return this.#byType.has(type);
  }

  add(wait: OpenWait): void {
    this.#waits.set(wait.id, wait);
    const known = this.#byType.get(wait.type);
    const waits = known ?? new TypeWaits();
    if (known === undefined) this.#byType.set(wait.type, waits);
    waits.add(wait);
    this.#types |= typeBit(wait.type);
  }

  remove(id: string): void {
    const wait = this.#waits.get(id);
    if (wait === undefined) return;
    this.#waits.delete(id);
    const waits = this.#byType.get(wait.type);
    waits?.remove(id);
    if (waits?.size !== 0) return;
    this.#byType.delete(wait.type);
    this.#types = 0;
    for (const type of this.#byType.keys()) this.#types |= typeBit(type);
  }

  /** The waits that this event answers, whatever position they begin at. */
  match(event: PublishedEvent): readonly OpenWait[] {
    return this.#byType.get(event.type)?.match(event) ?? [];
  }
}
