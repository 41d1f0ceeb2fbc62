/**
 * Many patterns at once: which of them match an event, at a cost that hardly grows with their number.
 *
 * Every branch of every pattern has a number. The paths of all clauses form one tree, which is walked over the event once;
 * at each path a {@link ValueIndex} turns the values found into the set of branches whose clause they satisfy, and the
 * sets of all paths are intersected. What is left has every clause satisfied. Only where an array of objects was entered
 * can that be too much (two clauses satisfied by two different elements); then the few branches left are tried exactly.
 *
 * The idea of intersecting per-field answers is the classic one of content-based routing (Fabret et al., "Filtering
 * algorithms and implementation for very fast publish/subscribe systems", SIGMOD 2001).
 */
import { bitSet, forEachBit, keepEither, type BitSet } from './bit-set.ts';
import { isScalar } from './field-values.ts';
import { matchesBranch } from './match-pattern.ts';
import type { Clause, Pattern } from './pattern.ts';
import { ValueIndex } from './value-index.ts';

/** A place in the tree of paths. */
interface PathNode {
  readonly children: Map<string, PathNode>;
  /** Names that lead further down, each segment or several of them joined by dots. */
  names: readonly (readonly [name: string, node: PathNode])[];
  leaf: Leaf | null;
}

interface Leaf {
  readonly index: ValueIndex;
  /** Branches satisfied by the values of the event at hand. */
  readonly satisfied: BitSet;
  isPresent: boolean;
}

interface Branch {
  readonly clauses: readonly Clause[];
  readonly pattern: number;
  /** Two clauses on one path: the index knows only that one of them holds. */
  readonly isAlwaysTried: boolean;
}

/** An index over patterns; see the top of the file. Not shared between threads, and not re-entrant. */
export class PatternIndex {
  readonly #branches: readonly Branch[];
  readonly #root: PathNode = emptyNode();
  readonly #leaves: Leaf[] = [];
  readonly #everything: BitSet;
  readonly #left: BitSet;
  #hasEnteredArray = false;

  constructor(patterns: readonly Pattern[]) {
    this.#branches = patterns.flatMap((pattern, number) =>
      pattern.branches.map((clauses) => ({
        clauses,
        pattern: number,
        isAlwaysTried: new Set(clauses.map(({ path }) => path)).size < clauses.length,
      })),
    );
    this.#everything = bitSet(this.#branches.length);
    this.#left = bitSet(this.#branches.length);
    for (const [number, branch] of this.#branches.entries()) this.#addBranch(number, branch);
    nameDescendants(this.#root);
  }

  /** The numbers of the patterns that match, in order; the number is the pattern's position in the constructor's list. */
  match(event: unknown): readonly number[] {
    this.#hasEnteredArray = false;
    for (const leaf of this.#leaves) {
      leaf.isPresent = false;
      leaf.satisfied.fill(0);
    }
    this.#walk(this.#root, event);
    this.#left.set(this.#everything);
    for (const { index, satisfied, isPresent } of this.#leaves) {
      keepEither(this.#left, isPresent ? satisfied : index.whenAbsent, index.indifferent);
    }
    return this.#patternsLeft(event);
  }

  #patternsLeft(event: unknown): readonly number[] {
    const patterns: number[] = [];
    forEachBit(this.#left, (number) => {
      const branch = this.#branches[number];
      if (branch === undefined || patterns.at(-1) === branch.pattern) return;
      const mustTry = branch.isAlwaysTried || (this.#hasEnteredArray && branch.clauses.length > 1);
      if (!mustTry || matchesBranch(branch.clauses, event)) patterns.push(branch.pattern);
    });
    return patterns;
  }

  #walk(node: PathNode, value: unknown): void {
    if (typeof value === 'object' && value !== null) {
      if (Array.isArray(value)) {
        // Scalars of one array belong to one path; only members of its objects can be taken from different elements.
        if (value.length > 1 && node.names.length > 0) this.#hasEnteredArray = true;
        for (const element of value) this.#walk(node, element);
        return;
      }
      for (const [name, child] of node.names) {
        if (Object.hasOwn(value, name)) {
          this.#walk(child, (value as Readonly<Record<string, unknown>>)[name]);
        }
      }
      return;
    }
    const { leaf } = node;
    if (leaf === null || !isScalar(value)) return;
    leaf.isPresent = true;
    leaf.index.find(value, leaf.satisfied);
  }

  #addBranch(number: number, branch: Branch): void {
    const word = number >>> 5;
    this.#everything[word] = (this.#everything[word] ?? 0) | (1 << (number & 31));
    const paths = new Set<string>();
    for (const clause of branch.clauses) {
      if (paths.has(clause.path)) continue;
      paths.add(clause.path);
      this.#leafOf(clause.segments).index.add(number, clause);
    }
  }

  #leafOf(segments: readonly string[]): Leaf {
    let node = this.#root;
    for (const segment of segments) {
      const known = node.children.get(segment);
      const child = known ?? emptyNode();
      if (known === undefined) node.children.set(segment, child);
      node = child;
    }
    if (node.leaf !== null) return node.leaf;
    const size = this.#branches.length;
    node.leaf = { index: new ValueIndex(size), satisfied: bitSet(size), isPresent: false };
    this.#leaves.push(node.leaf);
    return node.leaf;
  }
}

function emptyNode(): PathNode {
  return { children: new Map(), names: [], leaf: null };
}

/** Gives each node the names of all its descendants: an event may hold `{"a.b": 1}` for the path `a.b`. */
function nameDescendants(node: PathNode): PathNode['names'] {
  node.names = [...node.children].flatMap(([name, child]) => [
    [name, child] as const,
    ...nameDescendants(child).map(([rest, found]) => [`${name}.${rest}`, found] as const),
  ]);
  return node.names;
}
