import { compact } from '../output.ts';

/** A value on one line, cut to a length. */
export function describeValue(value: unknown, charactersMax: number): string {
  const text = compact(value);
  return text.length <= charactersMax ? text : `${text.slice(0, charactersMax - 1)}…`;
}
