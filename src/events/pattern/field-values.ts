import type { Scalar } from './pattern.ts';

/** Which element of which array a value was found in. */
export interface ArrayPosition {
  readonly array: readonly unknown[];
  readonly index: number;
}

/** A value found under a path, with the array elements on the way to it, from the outside in. */
export interface FoundValue {
  readonly value: Scalar;
  readonly positions: readonly ArrayPosition[];
}

const nowhere: readonly ArrayPosition[] = [];

/** Every scalar under a path. An object at its end, and an empty array, count as absent; null is a value. */
export function valuesAt(event: unknown, segments: readonly string[]): readonly FoundValue[] {
  const found: FoundValue[] = [];
  collect({ segments, found }, event, 0, nowhere);
  return found;
}

interface Search {
  readonly segments: readonly string[];
  readonly found: FoundValue[];
}

function collect(search: Search, value: unknown, depth: number, positions: readonly ArrayPosition[]): void {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      collect(search, element, depth, [...positions, { array: value, index }]);
    }
    return;
  }
  if (typeof value === 'object' && value !== null) return collectMembers(search, value, depth, positions);
  if (depth === search.segments.length && isScalar(value)) search.found.push({ value, positions });
}

/** A member's name may itself contain dots, and then covers several segments of the path. */
function collectMembers(
  search: Search,
  value: object,
  depth: number,
  positions: readonly ArrayPosition[],
): void {
  let name = '';
  for (let end = depth; end < search.segments.length; end += 1) {
    name = end === depth ? (search.segments[end] ?? '') : `${name}.${search.segments[end] ?? ''}`;
    if (!Object.hasOwn(value, name)) continue;
    collect(search, (value as Readonly<Record<string, unknown>>)[name], end + 1, positions);
  }
}

/** Whether a value is one that JSON writes without brackets. */
export function isScalar(value: unknown): value is Scalar {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}
