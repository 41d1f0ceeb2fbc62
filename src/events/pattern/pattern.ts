/**
 * Patterns: which events a subscription wants, as data. The language is Amazon EventBridge's, as published with
 * https://github.com/aws/event-ruler (Apache-2.0) and in the EventBridge user guide.
 *
 * A pattern mirrors the event: objects name fields, every leaf is a list of alternatives. Any alternative may hold, every
 * named field must hold, fields that are not named do not matter. If the event holds an array, any of its elements may.
 */

/** A JSON scalar. */
export type Scalar = string | number | boolean | null;

/** A test of a text: the part of the language that stands both alone and inside `anything-but`. */
export type TextTest =
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'prefix-ignore-case'; readonly text: string }
  | { readonly kind: 'suffix-ignore-case'; readonly text: string }
  | { readonly kind: 'equals-ignore-case'; readonly text: string }
  /** The literal parts between the stars: `a*b` is `['a', 'b']`, `*` is `['', '']`. */
  | { readonly kind: 'wildcard'; readonly parts: readonly string[] };

/** One alternative of a leaf, parsed. Texts of tests that ignore case are in lower case. */
export type Alternative =
  | { readonly kind: 'exact'; readonly value: Scalar; readonly address: string | null }
  | TextTest
  | { readonly kind: 'anything-but'; readonly values: ReadonlySet<Scalar> }
  | { readonly kind: 'anything-but-text'; readonly tests: readonly TextTest[] }
  | { readonly kind: 'numeric'; readonly range: NumericRange }
  | { readonly kind: 'exists'; readonly isPresent: boolean }
  | { readonly kind: 'cidr'; readonly block: AddressBlock };

/** Numbers between two bounds, each of which may belong to the range or not. */
export interface NumericRange {
  readonly from: number;
  readonly to: number;
  readonly includesFrom: boolean;
  readonly includesTo: boolean;
}

/** The addresses of one family that begin with the same bits. */
export interface AddressBlock {
  readonly family: 4 | 6;
  /** The common bits, as a number of that many bits. */
  readonly network: bigint;
  /** How many bits follow the common ones. */
  readonly hostBits: bigint;
}

/** What one field must hold. */
export interface Clause {
  /** The field's names from the top, joined by dots. */
  readonly path: string;
  /** The same, split. A name with a dot counts as several: `{"a.b": …}` and `{"a": {"b": …}}` are one path. */
  readonly segments: readonly string[];
  readonly alternatives: readonly Alternative[];
  /** The alternatives as they were written, for people. */
  readonly source: readonly unknown[];
}

/** A pattern, parsed and validated. It matches when all clauses of any branch hold. */
export interface Pattern {
  /** One branch, or as many as its `$or`s multiply to. */
  readonly branches: readonly (readonly Clause[])[];
  /** The pattern as it was written. */
  readonly source: unknown;
}
