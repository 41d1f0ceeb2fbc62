import { addBit, addBits, bitSet, type BitSet } from './bit-set.ts';
import { foldCase } from './fold-case.ts';
import { canonicalAddress } from './ip-address.ts';
import { matchesValue } from './match-value.ts';
import type { Alternative, Clause, Scalar } from './pattern.ts';

/** An alternative that must be tried, and the branches that hold if it does. */
interface Trial {
  readonly alternative: Alternative;
  readonly branches: BitSet;
}

/** What `anything-but` excludes: the branches that hold for every value beside those listed. */
interface Exclusions {
  readonly all: BitSet;
  /** By excluded value: the branches that hold nevertheless. */
  readonly except: Map<Scalar, BitSet>;
}

/**
 * All clauses of an index on one path: from a value to the branches whose clause it satisfies. Equal values are found by
 * one look-up, affixes by their outermost character; what is left is tried one after the other, equal tests once.
 */
export class ValueIndex {
  readonly #size: number;
  readonly #exact = new Map<Scalar, BitSet>();
  readonly #addresses = new Map<string, BitSet>();
  readonly #ignoringCase = new Map<string, BitSet>();
  readonly #prefixes = new Map<number, Trial[]>();
  readonly #suffixes = new Map<number, Trial[]>();
  readonly #trials: Trial[] = [];
  readonly #trialsBySource = new Map<string, Trial>();
  readonly #clauses: { readonly branch: number; readonly excluded: ReadonlySet<Scalar> }[] = [];
  /** Made from `#clauses` when first needed. */
  #exclusions: Exclusions | null = null;
  /** Branches without a clause on this path: to them it does not matter. */
  readonly indifferent: BitSet;
  /** Branches that hold when the field is absent. */
  readonly whenAbsent: BitSet;
  /** Branches that hold whatever the value. */
  readonly #whenPresent: BitSet;

  /** `size`: how many branches the index has. */
  constructor(size: number) {
    this.#size = size;
    this.indifferent = bitSet(size).fill(0xffffffff);
    this.whenAbsent = bitSet(size);
    this.#whenPresent = bitSet(size);
  }

  add(branch: number, clause: Clause): void {
    const word = branch >>> 5;
    this.indifferent[word] = (this.indifferent[word] ?? 0) & ~(1 << (branch & 31));
    for (const [position, alternative] of clause.alternatives.entries()) {
      this.#addAlternative(branch, alternative, clause.source[position]);
    }
    this.#exclusions = null;
  }

  /** Adds to `into` the branches whose clause the value satisfies. */
  find(value: Scalar, into: BitSet): void {
    addBits(into, this.#whenPresent);
    addFound(this.#exact, value, into);
    if (this.#clauses.length > 0) {
      const exclusions = (this.#exclusions ??= this.#gatherExclusions());
      addBits(into, exclusions.except.get(value) ?? exclusions.all);
    }
    if (typeof value === 'string') this.#findText(value, into);
    for (const trial of this.#trials) tryOne(trial, value, into);
  }

  #findText(value: string, into: BitSet): void {
    if (this.#ignoringCase.size > 0) addFound(this.#ignoringCase, foldCase(value), into);
    if (this.#addresses.size > 0) {
      const address = canonicalAddress(value);
      if (address !== null) addFound(this.#addresses, address, into);
    }
    if (value === '') return;
    if (this.#prefixes.size > 0) {
      for (const trial of this.#prefixes.get(value.charCodeAt(0)) ?? none) tryOne(trial, value, into);
    }
    if (this.#suffixes.size > 0) {
      const last = value.charCodeAt(value.length - 1);
      for (const trial of this.#suffixes.get(last) ?? none) tryOne(trial, value, into);
    }
  }

  #addAlternative(branch: number, alternative: Alternative, source: unknown): void {
    switch (alternative.kind) {
      case 'exact':
        addBit(this.#under(this.#exact, alternative.value), branch);
        if (alternative.address !== null) addBit(this.#under(this.#addresses, alternative.address), branch);
        return;
      case 'equals-ignore-case':
        return addBit(this.#under(this.#ignoringCase, alternative.text), branch);
      case 'exists':
        return addBit(alternative.isPresent ? this.#whenPresent : this.whenAbsent, branch);
      case 'anything-but':
        this.#clauses.push({ branch, excluded: alternative.values });
        return;
      case 'prefix':
      case 'suffix':
        return this.#addAffix(branch, alternative);
      default:
        return addBit(this.#trial(JSON.stringify(source), alternative, this.#trials).branches, branch);
    }
  }

  #addAffix(branch: number, affix: Extract<Alternative, { kind: 'prefix' | 'suffix' }>): void {
    const { kind, text } = affix;
    const source = JSON.stringify([kind, text]);
    // The empty affix fits the empty text too, which has no outermost character.
    if (text === '') return addBit(this.#trial(source, affix, this.#trials).branches, branch);
    const isPrefix = kind === 'prefix';
    const mark = text.charCodeAt(isPrefix ? 0 : text.length - 1);
    const byMark = isPrefix ? this.#prefixes : this.#suffixes;
    const trials = byMark.get(mark) ?? [];
    byMark.set(mark, trials);
    addBit(this.#trial(source, affix, trials).branches, branch);
  }

  #trial(source: string, alternative: Alternative, list: Trial[]): Trial {
    const known = this.#trialsBySource.get(source);
    if (known !== undefined) return known;
    const trial = { alternative, branches: bitSet(this.#size) };
    this.#trialsBySource.set(source, trial);
    list.push(trial);
    return trial;
  }

  #under<K>(map: Map<K, BitSet>, key: K): BitSet {
    const known = map.get(key);
    if (known !== undefined) return known;
    const set = bitSet(this.#size);
    map.set(key, set);
    return set;
  }

  #gatherExclusions(): Exclusions {
    const all = bitSet(this.#size);
    for (const { branch } of this.#clauses) addBit(all, branch);
    const except = new Map<Scalar, BitSet>();
    for (const value of new Set(this.#clauses.flatMap(({ excluded }) => [...excluded]))) {
      const still = bitSet(this.#size);
      for (const { branch, excluded } of this.#clauses) if (!excluded.has(value)) addBit(still, branch);
      except.set(value, still);
    }
    return { all, except };
  }
}

const none: readonly Trial[] = [];

function addFound<K>(map: ReadonlyMap<K, BitSet>, key: K, into: BitSet): void {
  const found = map.get(key);
  if (found !== undefined) addBits(into, found);
}

function tryOne(trial: Trial, value: Scalar, into: BitSet): void {
  if (matchesValue(trial.alternative, value)) addBits(into, trial.branches);
}
