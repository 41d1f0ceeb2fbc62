/** By code point, as databases compare: `<` would put an emoji before a full-width letter. */
export function compareText(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
