import { seededRandom, type Random } from '../../src/base/random.ts';

/** Decisions drawn from a seed. Each part of a simulation has a stream of its own, so that one more draw here moves nothing there. */
export class Draw {
  readonly random: Random;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
    this.random = seededRandom(seed);
  }

  /** A stream of its own, which depends on the seed and the name alone. */
  stream(name: string): Draw {
    return new Draw(`${this.#seed}/${name}`);
  }

  chance(probability: number): boolean {
    return this.random.next() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.random.next() * (max - min + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.random.next() * items.length)] as T;
  }

  /** One of the keys, each as often as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
    let left = this.random.next() * total;
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    return entries[0]![0];
  }
}
