import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** Crockford's base 32, lower case: no i, l, o, u, so that an id can be read aloud and typed. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** Every two-digit group, so that ten bits become text in one look-up. */
const digitPairs: readonly string[] = Array.from(
  { length: 1024 },
  (_, value) => digits.charAt(value >>> 5) + digits.charAt(value & 31),
);

let cachedTimeMs = -1;
let cachedTimeText = '';

/**
 * A new id: 26 characters, the first 10 the millisecond of its making, the other 16 eighty random bits.
 * Ids sort by the time they were made; within one millisecond their order is random.
 * The first character is 0 until the year 3084, so ids keep sorting.
 */
export function newId(clock: Clock, random: Random): string {
  const nowMs = clock.now();
  if (nowMs !== cachedTimeMs) {
    cachedTimeText = encodeTime(nowMs);
    cachedTimeMs = nowMs;
  }
  return (
    cachedTimeText + sixDigits(random.uint32()) + sixDigits(random.uint32()) + fourDigits(random.uint32())
  );
}

function encodeTime(timeMs: number): string {
  let text = '';
  for (let rest = timeMs, group = 0; group < 5; group += 1) {
    text = pair(rest % 1024) + text;
    rest = Math.floor(rest / 1024);
  }
  return text;
}

function sixDigits(word: number): string {
  return pair(word & 1023) + pair((word >>> 10) & 1023) + pair((word >>> 20) & 1023);
}

function fourDigits(word: number): string {
  return pair(word & 1023) + pair((word >>> 10) & 1023);
}

function pair(value: number): string {
  // Callers pass ten bits, and the table has an entry for each.
  return digitPairs[value] as string;
}
