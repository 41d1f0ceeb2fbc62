import { isReservedWord, operatorNames, parseAlternative } from './parse-operator.ts';
import { patternFault, type PatternPlace } from './pattern-fault.ts';
import type { Clause, Pattern } from './pattern.ts';

/** Longest pattern, in characters of its JSON. EventBridge's own limit is 2,048; ours leaves room for lists of ids. */
export const patternLengthMax = 65_536;

/** How many branches the `$or`s of one pattern may multiply to. */
const branchesMax = 1_024;

/** Deepest nesting of a pattern. */
const depthMax = 64;

type Branch = readonly Clause[];

/**
 * Reads and validates a pattern. `what` names its owner in errors, as the beginning of a sentence.
 *
 * @throws TUTTI_PATTERN_INVALID naming the path, the operator and the rule that was broken.
 */
export function parsePattern(source: unknown, what: string): Pattern {
  const place: PatternPlace = { what, path: '' };
  if (!isObject(source)) throw patternFault(place, null, 'a pattern is an object', source);
  const branches = parseObject(source, place, 0);
  const { length } = JSON.stringify(source);
  if (length > patternLengthMax) {
    throw patternFault(place, null, `a pattern has at most ${patternLengthMax} characters`, length);
  }
  return { source, branches };
}

/** The branches of one object: every field must hold, so each `$or` multiplies what is there already. */
function parseObject(source: object, place: PatternPlace, depth: number): readonly Branch[] {
  if (depth > depthMax) throw patternFault(place, null, `a pattern has at most ${depthMax} levels`, source);
  const fields = Object.entries(source).filter(([, value]) => value !== undefined);
  if (fields.length === 0) throw patternFault(place, null, 'an object names at least one field', source);
  let branches: readonly Branch[] = [[]];
  for (const [name, value] of fields as readonly (readonly [string, unknown])[]) {
    const alternatives =
      name === '$or' && isOr(value)
        ? value.flatMap((member) => parseObject(member, place, depth + 1))
        : parseField(value, { what: place.what, path: joinPath(place.path, name) }, depth);
    branches = multiply(branches, alternatives, place);
  }
  return branches;
}

function joinPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function parseField(value: unknown, place: PatternPlace, depth: number): readonly Branch[] {
  if (Array.isArray(value)) return [[parseLeaf(value, place)]];
  if (isObject(value)) return parseObject(value, place, depth + 1);
  const name = place.path.slice(place.path.lastIndexOf('.') + 1);
  const rule = operatorNames.includes(name)
    ? `an operator stands inside a list: [{"${name}": …}]`
    : 'a field holds a list of alternatives or an object of further fields';
  throw patternFault(place, null, rule, value);
}

function parseLeaf(source: readonly unknown[], place: PatternPlace): Clause {
  if (source.length === 0) throw patternFault(place, null, 'a list has at least one alternative', source);
  return {
    path: place.path,
    segments: place.path.split('.'),
    alternatives: source.map((one) => parseAlternative(one, place)),
    source,
  };
}

function multiply(branches: readonly Branch[], factors: readonly Branch[], place: PatternPlace): Branch[] {
  const count = branches.length * factors.length;
  if (count > branchesMax) {
    throw patternFault(place, '$or', `the $or lists multiply to at most ${branchesMax} branches`, count);
  }
  return branches.flatMap((branch) => factors.map((factor) => [...branch, ...factor]));
}

/**
 * Whether the value of a field named `$or` is the operator: a list of at least two objects, none of which has a key that
 * the language keeps for itself. Otherwise `$or` is a field like any other.
 */
function isOr(value: unknown): value is readonly object[] {
  if (!Array.isArray(value) || value.length < 2) return false;
  return value.every((member) => isObject(member) && !Object.keys(member).some(isReservedWord));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
