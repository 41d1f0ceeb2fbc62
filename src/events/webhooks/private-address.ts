/**
 * Which IP addresses lie within somebody's own network, or are no place of the internet at all: those that the registries of
 * special-purpose addresses do not call globally reachable (RFC 6890 and https://www.iana.org/assignments, IPv4 and IPv6), and
 * multicast. An address of IPv6 that carries one of IPv4 counts as that one.
 */
import { parseIpAddress, type IpAddress } from '../pattern/ip-address.ts';

/** First address and length of the prefix. */
type Block = readonly [address: string, prefix: number];

const blocks: readonly Block[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Unspecified, loopback, and the deprecated form that carries IPv4.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

/** Blocks of IPv6 whose addresses carry one of IPv4, and how many bits lie behind it: mapped, translated, 6to4. */
const carriers: readonly (readonly [...Block, behind: number])[] = [
  ['::ffff:0:0', 96, 0],
  ['64:ff9b::', 96, 0],
  ['2002::', 16, 80],
];

const widths = { 4: 32, 6: 128 } as const;
const v4Mask = 0xffff_ffffn;

/** Whether the text spells such an address. A text that spells none counts as one: what is not understood is not reached. */
export function isPrivateAddress(text: string): boolean {
  // The zone of a link-local address is behind a percent sign.
  const address = parseIpAddress(text.split('%')[0] ?? '');
  return address === null || isPrivate(address);
}

function isPrivate(address: IpAddress): boolean {
  for (const [first, prefix, behind] of carriers) {
    if (!isWithin(address, [first, prefix])) continue;
    return isPrivate({ family: 4, value: (address.value >> BigInt(behind)) & v4Mask });
  }
  return blocks.some((block) => isWithin(address, block));
}

function isWithin({ family, value }: IpAddress, [address, prefix]: Block): boolean {
  const first = parseIpAddress(address);
  if (first?.family !== family) return false;
  const rest = BigInt(widths[family] - prefix);
  return value >> rest === first.value >> rest;
}
