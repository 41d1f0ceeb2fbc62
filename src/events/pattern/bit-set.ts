/** A set of small numbers as bits; sets of one index have one width. */
export type BitSet = Uint32Array;

/** An empty set of numbers below `size`. */
export function bitSet(size: number): BitSet {
  return new Uint32Array(Math.max(1, Math.ceil(size / 32)));
}

/** Adds a number. */
export function addBit(set: BitSet, number: number): void {
  const word = number >>> 5;
  set[word] = (set[word] ?? 0) | (1 << (number & 31));
}

/** Adds all numbers of `more`. */
export function addBits(set: BitSet, more: BitSet): void {
  for (let word = 0; word < set.length; word += 1) set[word] = (set[word] ?? 0) | (more[word] ?? 0);
}

/** Keeps only the numbers that are in one of the two sets given. */
export function keepEither(set: BitSet, one: BitSet, other: BitSet): void {
  for (let word = 0; word < set.length; word += 1) {
    set[word] = (set[word] ?? 0) & ((one[word] ?? 0) | (other[word] ?? 0));
  }
}

/** Calls back for each number, the smallest first. */
export function forEachBit(set: BitSet, call: (number: number) => void): void {
  for (let word = 0; word < set.length; word += 1) {
    let bits = set[word] ?? 0;
    while (bits !== 0) {
      const lowest = bits & -bits;
      call(word * 32 + 31 - Math.clz32(lowest));
      bits ^= lowest;
    }
  }
}
