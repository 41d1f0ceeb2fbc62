import type { CheckedSheet } from './answer-sheet.ts';

const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;
const mask = 0xffffffffffffffffn;

/**
 * A short fingerprint of the answers, by which a decision record says what it was based on. Independent of the order in
 * which they were given, and of people and preference. FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/);
 * it recognises, it does not protect.
 */
export function answersHash({ chosen, parts }: CheckedSheet): string {
  // The checked sheet is in the order of the table already.
  const bytes = new TextEncoder().encode(JSON.stringify([chosen, parts]));
  let hash = offsetBasis;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * prime) & mask;
  return hash.toString(16).padStart(16, '0');
}
