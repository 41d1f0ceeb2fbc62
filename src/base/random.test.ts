import { describe, expect, it } from 'vitest';
import { type Random, seededRandom, systemRandom } from './random.ts';

function take(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

describe.each([
  ['the system generator', systemRandom],
  ['a seeded generator', seededRandom('bounds')],
])('%s', (_, random) => {
  it('stays in [0, 1) with a mean near one half', () => {
    const numbers = take(random, 20_000);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });

  it('gives words that use all 32 bits and no more', () => {
    let seen = 0;
    for (let i = 0; i < 5_000; i += 1) {
      const word = random.uint32();
      expect(Number.isInteger(word) && word >= 0 && word < 2 ** 32).toBe(true);
      seen |= word;
    }
    expect(seen >>> 0).toBe(0xffffffff);
  });

  it('does not repeat itself', () => {
    expect(new Set(take(random, 10_000)).size).toBe(10_000);
  });
});

describe('a seeded generator', () => {
  it('gives the same sequence for the same seed', () => {
    expect(take(seededRandom('a'), 50)).toEqual(take(seededRandom('a'), 50));
  });

  it('keeps its sequences across versions, since printed seeds must stay repeatable', () => {
    const random = seededRandom(7);
    expect([random.uint32(), random.uint32(), random.uint32()]).toMatchInlineSnapshot(`
      [
        972172673,
        2870925950,
        504565402,
      ]
    `);
  });

  it('treats a number and its text as one seed', () => {
    expect(take(seededRandom(7), 5)).toEqual(take(seededRandom('7'), 5));
  });

  it('gives unrelated sequences for neighbouring seeds', () => {
    const firsts = Array.from({ length: 1_000 }, (_, seed) => seededRandom(seed).uint32());
    expect(new Set(firsts).size).toBe(1_000);
    expect(take(seededRandom(''), 3)).not.toEqual(take(seededRandom(0), 3));
  });
});
