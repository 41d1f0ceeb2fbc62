import { foldCase } from './fold-case.ts';
import { canonicalAddress, parseIpAddress } from './ip-address.ts';
import { isInRange } from './numeric.ts';
import type { AddressBlock, Alternative, Scalar, TextTest } from './pattern.ts';
import { matchesWildcard } from './wildcard.ts';

/** Whether a value that is present satisfies an alternative. */
export function matchesValue(alternative: Alternative, value: Scalar): boolean {
  switch (alternative.kind) {
    case 'exact':
      return matchesExactly(alternative.value, alternative.address, value);
    case 'anything-but':
      return !alternative.values.has(value);
    case 'anything-but-text':
      // What is no text has no prefix either: it is something else.
      return typeof value !== 'string' || !alternative.tests.some((test) => matchesText(test, value));
    case 'numeric':
      return typeof value === 'number' && isInRange(alternative.range, value);
    case 'exists':
      return alternative.isPresent;
    case 'cidr':
      return typeof value === 'string' && isInBlock(alternative.block, value);
    default:
      return typeof value === 'string' && matchesText(alternative, value);
  }
}

/** Whether a text passes a test. */
function matchesText(test: TextTest, text: string): boolean {
  switch (test.kind) {
    case 'prefix':
      return text.startsWith(test.text);
    case 'suffix':
      return text.endsWith(test.text);
    case 'prefix-ignore-case':
      return foldCase(text).startsWith(test.text);
    case 'suffix-ignore-case':
      return foldCase(text).endsWith(test.text);
    case 'equals-ignore-case':
      return foldCase(text) === test.text;
    default:
      return matchesWildcard(test.parts, text);
  }
}

/** Whether a text spells an address of the block. */
function isInBlock(block: AddressBlock, text: string): boolean {
  const address = parseIpAddress(text);
  return address?.family === block.family && address.value >> block.hostBits === block.network;
}

function matchesExactly(expected: Scalar, address: string | null, value: Scalar): boolean {
  if (expected === value) return true;
  return address !== null && typeof value === 'string' && canonicalAddress(value) === address;
}
