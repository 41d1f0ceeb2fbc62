/**
 * The type of a pattern, from the type of what it is to match: a field that does not exist, an operator that does not fit
 * the field, and a literal the field can never hold are errors of the compiler.
 */

/** Any alternative of a leaf whose type is not known. */
type AnyAlternative =
  | string
  | number
  | boolean
  | null
  | { readonly exists: boolean }
  | TextOperator<string>
  | NumberOperator<number>;

/** A pattern for values of type `T`. Dotted names are for patterns that are parsed from text; here objects are nested. */
export type PatternOf<T> = unknown extends T
  ? { readonly [name: string]: unknown }
  : FieldsOf<T> & { readonly $or?: readonly [PatternOf<T>, PatternOf<T>, ...PatternOf<T>[]] };

type FieldsOf<T> = { readonly [K in KeysOf<T>]?: FieldPattern<FieldOf<T, K>> };

/** Of a union the fields of all members: a pattern may ask for what only one kind of event has. */
type KeysOf<T> = T extends T ? keyof T & string : never;
type FieldOf<T, K> = T extends T ? (K extends keyof T ? T[K] : never) : never;

type FieldPattern<V> = unknown extends V
  ? readonly AnyAlternative[] | { readonly [name: string]: unknown }
  : LeafPattern<ScalarsIn<V>> | ObjectPattern<ObjectsIn<V>>;

type LeafPattern<S> = [S] extends [never] ? never : NonEmpty<AlternativeOf<S>>;
type ObjectPattern<O> = [O] extends [never] ? never : PatternOf<O>;
type NonEmpty<A> = readonly [A, ...A[]];

/** A list matches by its elements, and a Date is text in the event. */
type Matched<V> = V extends readonly (infer Element)[] ? Matched<Element> : V extends Date ? string : V;
type ScalarsIn<V> = Extract<Matched<V>, string | number | boolean | null>;
type ObjectsIn<V> = Exclude<Extract<Matched<V>, object>, (...args: never) => unknown>;

/** What may stand in the list of a leaf of type `S`. */
type AlternativeOf<S> =
  | S
  | { readonly exists: boolean }
  | ([Extract<S, string>] extends [never] ? never : TextOperator<Extract<S, string>>)
  | ([Extract<S, number>] extends [never] ? never : NumberOperator<Extract<S, number>>);

type Listed<V> = V | readonly [V, ...V[]];

type TextOperator<S extends string> =
  | { readonly exactly: S }
  | { readonly prefix: string | IgnoringCase }
  | { readonly suffix: string | IgnoringCase }
  | IgnoringCase
  | { readonly wildcard: string }
  | { readonly cidr: string }
  | {
      readonly 'anything-but':
        | Listed<S>
        | { readonly prefix: Listed<string> }
        | { readonly suffix: Listed<string> }
        | { readonly 'equals-ignore-case': Listed<string> }
        | { readonly wildcard: Listed<string> };
    };

type IgnoringCase = { readonly 'equals-ignore-case': string };

type NumberOperator<N extends number> =
  { readonly numeric: NumericOperand } | { readonly 'anything-but': Listed<N> };

/** A comparison with one number, or a range whose lower bound comes first. */
type NumericOperand =
  readonly ['=' | '<' | '<=' | '>' | '>=', number] | readonly ['>' | '>=', number, '<' | '<=', number];
