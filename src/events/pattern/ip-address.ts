/** An IP address as a number. */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Anything else cannot be an address; most texts fail here, cheaply. */
const addressLike = /^[0-9a-fA-F:.]{2,45}$/;

/** The address a text spells (RFC 4291, section 2.2, for IPv6), or null if it spells none. */
export function parseIpAddress(text: string): IpAddress | null {
  if (!addressLike.test(text)) return null;
  if (text.includes(':')) return parseV6(text);
  const value = parseV4(text);
  return value === null ? null : { family: 4, value };
}

/** One spelling per address: `::1` and its long form give the same text. Null if the text spells no address. */
export function canonicalAddress(text: string): string | null {
  const address = parseIpAddress(text);
  return address === null ? null : `${address.family}:${address.value.toString(16)}`;
}

function parseV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    // Leading zeros do not make it octal: EventBridge reads them as decimal.
    if (!/^\d+$/.test(part) || Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function parseV6(text: string): IpAddress | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (head === null || tail === null) return null;
  const missing = 8 - head.length - tail.length;
  // The double colon stands for at least one group.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...Array.from({ length: missing }, () => 0), ...tail];
  let value = 0n;
  for (const group of groups) value = value * 65_536n + BigInt(group);
  return { family: 6, value };
}

/** The 16-bit groups of one side of the double colon; the last may be spelled as an IPv4 address. */
function parseGroups(text: string): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.') && index === parts.length - 1) {
      const value = parseV4(part);
      if (value === null) return null;
      groups.push(Number(value / 65_536n), Number(value % 65_536n));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else return null;
  }
  return groups;
}
