import { randomFillSync } from 'node:crypto';

/** The only source of randomness in the engine (I8). Tests and simulations pass a seeded one. */
export interface Random {
  /** A number in [0, 1) with 53 random bits. */
  next(): number;
  /** A whole number in [0, 2^32). */
  uint32(): number;
}

// Taken at load: the determinism guard replaces the original inside workflow code, and what is pooled here is for everybody.
const fillFromSystem = randomFillSync;

/** Words fetched from the operating system at a time: one call per id would cost more than the id. */
const poolWords = 1024;
const pool = new Uint32Array(poolWords);
let poolPosition = poolWords;

function systemUint32(): number {
  if (poolPosition === poolWords) {
    fillFromSystem(pool);
    poolPosition = 0;
  }
  const word = pool[poolPosition] as number;
  // A word is handed out once and then erased, so that a memory dump does not reveal ids already given out.
  pool[poolPosition] = 0;
  poolPosition += 1;
  return word;
}

/** Cryptographic randomness from the operating system, buffered. Safe for ids and tokens. */
export const systemRandom: Random = {
  next: (): number => toUnitInterval(systemUint32(), systemUint32()),
  uint32: systemUint32,
};

/**
 * A generator whose whole sequence follows from its seed; the same seed gives the same sequence on every machine.
 * The number 7 and the text '7' are the same seed, so that a seed printed by a test can be typed back in.
 * Not for secrets.
 *
 * The generator is sfc32 by Chris Doty-Humphrey, from PractRand (public domain, https://pracrand.sourceforge.net);
 * its state is filled by hashing the seed with MurmurHash3's finalizer by Austin Appleby (public domain).
 */
export function seededRandom(seed: string | number): Random {
  let a = hashSeed(String(seed), 0x9e3779b9);
  let b = hashSeed(String(seed), 0x243f6a88);
  let c = hashSeed(String(seed), 0xb7e15162);
  let counter = 1;
  const uint32 = (): number => {
    const result = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + result) | 0;
    return result >>> 0;
  };
  // The author's advice: the first outputs still show the seed, so throw a dozen away.
  for (let i = 0; i < 12; i += 1) uint32();
  return { next: (): number => toUnitInterval(uint32(), uint32()), uint32 };
}

function toUnitInterval(high: number, low: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
}

function hashSeed(seed: string, start: number): number {
  let hash = start;
  for (let i = 0; i < seed.length; i += 1) hash = mixBits(hash ^ seed.charCodeAt(i));
  return mixBits(hash ^ seed.length);
}

function mixBits(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
