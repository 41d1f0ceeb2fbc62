import { nearestName } from '../../base/nearest.ts';
import { foldCase } from './fold-case.ts';
import { canonicalAddress, parseIpAddress } from './ip-address.ts';
import { parseNumeric } from './numeric.ts';
import { patternFault, type PatternPlace } from './pattern-fault.ts';
import type { AddressBlock, Alternative, Scalar, TextTest } from './pattern.ts';
import { parseWildcard } from './wildcard.ts';

/** Reads the operand of one operator. @throws TUTTI_PATTERN_INVALID */
type OperatorParser = (operand: unknown, place: PatternPlace) => Alternative;

const operators: Readonly<Record<string, OperatorParser>> = {
  // To the letter: also a text that spells an address matches no other spelling of it.
  exactly: (operand, place) => ({
    ...{ kind: 'exact', value: requireText(operand, place, 'exactly'), address: null },
  }),
  prefix: (operand, place) => affix('prefix', operand, place),
  suffix: (operand, place) => affix('suffix', operand, place),
  'equals-ignore-case': (operand, place) => ignoringCase(operand, place, 'equals-ignore-case'),
  wildcard: (operand, place) => wildcard(operand, place, 'wildcard'),
  'anything-but': anythingBut,
  numeric: (operand, place) => ({ kind: 'numeric', range: parseNumeric(operand, place) }),
  exists,
  cidr: (operand, place) => ({ kind: 'cidr', block: addressBlock(operand, place) }),
};

/** The operators of the language. */
export const operatorNames: readonly string[] = Object.keys(operators);

/** Words the language keeps for itself, today's operators and future ones. */
const future = /^(regex|date-.*|ip-address-.*)$/;

/** Whether a word can never be a field's name inside a member of `$or`. */
export function isReservedWord(word: string): boolean {
  return Object.hasOwn(operators, word) || future.test(word);
}

/** One alternative of a leaf. @throws TUTTI_PATTERN_INVALID */
export function parseAlternative(given: unknown, place: PatternPlace): Alternative {
  switch (typeof given) {
    case 'string':
    case 'boolean':
      return exact(given);
    case 'number':
      if (Number.isFinite(given)) return exact(given);
      throw patternFault(place, null, 'a number is a JSON number', given);
    case 'object':
      return given === null ? exact(given) : parseOperator(given, place);
    default:
      throw patternFault(place, null, 'an alternative is a JSON scalar or an operator object', given);
  }
}

function parseOperator(given: object, place: PatternPlace): Alternative {
  if (Array.isArray(given)) throw patternFault(place, null, 'alternatives are not nested in lists', given);
  const names = Object.keys(given);
  const [name] = names;
  if (name === undefined || names.length !== 1) {
    throw patternFault(place, null, 'an operator object has exactly one key', given);
  }
  const parser = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (parser !== undefined) return parser((given as Readonly<Record<string, unknown>>)[name], place);
  if (future.test(name)) throw patternFault(place, name, 'the word is reserved and not in use yet', given);
  const nearest = nearestName(name, operatorNames);
  const hint = nearest === undefined ? `there are ${operatorNames.join(', ')}` : `did you mean "${nearest}"?`;
  throw patternFault(place, name, `there is no such operator (${hint})`, given);
}

function exact(value: Scalar): Alternative {
  return { kind: 'exact', value, address: typeof value === 'string' ? canonicalAddress(value) : null };
}

function affix(kind: 'prefix' | 'suffix', operand: unknown, place: PatternPlace): Alternative {
  if (typeof operand === 'string') return { kind, text: operand };
  const inner = soleOperand(operand, 'equals-ignore-case');
  if (typeof inner !== 'string') {
    throw patternFault(place, kind, 'it takes a text or {"equals-ignore-case": text}', operand);
  }
  return { kind: `${kind}-ignore-case`, text: foldCase(inner) };
}

function ignoringCase(operand: unknown, place: PatternPlace, operator: string): TextTest {
  const text = requireText(operand, place, operator);
  return { kind: 'equals-ignore-case', text: foldCase(text) };
}

function wildcard(operand: unknown, place: PatternPlace, operator: string): TextTest {
  const text = requireText(operand, place, operator);
  const parts = parseWildcard(text);
  if ('fault' in parts) throw patternFault(place, operator, `a wildcard ${parts.fault}`, operand);
  return { kind: 'wildcard', parts };
}

function requireText(operand: unknown, place: PatternPlace, operator: string): string {
  if (typeof operand === 'string') return operand;
  throw patternFault(place, operator, 'it takes a text', operand);
}

/** The value under the only key of an object, if that is the key. */
function soleOperand(given: unknown, key: string): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const entries = Object.entries(given);
  return entries.length === 1 && entries[0]?.[0] === key ? entries[0][1] : undefined;
}

function anythingBut(operand: unknown, place: PatternPlace): Alternative {
  if (Array.isArray(operand)) return { kind: 'anything-but', values: exclusions(operand, place) };
  if (typeof operand === 'object' && operand !== null) return anythingButText(operand, place);
  return { kind: 'anything-but', values: exclusions([operand], place) };
}

function exclusions(given: readonly unknown[], place: PatternPlace): ReadonlySet<Scalar> {
  const areTexts = given.every((value) => typeof value === 'string');
  const areNumbers = given.every((value) => typeof value === 'number' && Number.isFinite(value));
  if (given.length === 0 || (!areTexts && !areNumbers)) {
    const rule = 'it takes a text, a number, a list of texts only, or a list of numbers only';
    throw patternFault(place, 'anything-but', rule, given);
  }
  return new Set(given as readonly Scalar[]);
}

const textTests: Readonly<Record<string, (text: string, place: PatternPlace) => TextTest>> = {
  prefix: (text) => ({ kind: 'prefix', text }),
  suffix: (text) => ({ kind: 'suffix', text }),
  'equals-ignore-case': (text) => ({ kind: 'equals-ignore-case', text: foldCase(text) }),
  wildcard: (text, place) => wildcard(text, place, 'anything-but.wildcard'),
};

function anythingButText(given: object, place: PatternPlace): Alternative {
  const entries = Object.entries(given) as readonly (readonly [string, unknown])[];
  const [name, operand] = entries[0] ?? ['', undefined];
  const make = Object.hasOwn(textTests, name) ? textTests[name] : undefined;
  if (make === undefined || entries.length !== 1) {
    const rule = `inside it stands one of ${Object.keys(textTests).join(', ')}`;
    throw patternFault(place, 'anything-but', rule, given);
  }
  const operator = `anything-but.${name}`;
  const texts: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === 'string')) {
    throw patternFault(place, operator, 'it takes a text or a list of texts', operand);
  }
  if ((name === 'prefix' || name === 'suffix') && texts.includes('')) {
    throw patternFault(place, operator, `an empty ${name} would exclude every text`, operand);
  }
  return { kind: 'anything-but-text', tests: texts.map((text) => make(text, place)) };
}

function exists(operand: unknown, place: PatternPlace): Alternative {
  if (typeof operand === 'boolean') return { kind: 'exists', isPresent: operand };
  throw patternFault(place, 'exists', 'it takes true or false', operand);
}

function addressBlock(operand: unknown, place: PatternPlace): AddressBlock {
  const fault = (rule: string): Error => patternFault(place, 'cidr', rule, operand);
  const [text = '', mask = '', ...rest] = typeof operand === 'string' ? operand.split('/') : [];
  const address = parseIpAddress(text);
  if (address === null || rest.length > 0 || !/^\d{1,3}$/.test(mask)) {
    throw fault('it takes an address, a slash and a number of bits, as in "10.0.0.0/8"');
  }
  const bits = address.family === 4 ? 32 : 128;
  // A block of one address is written as that address.
  if (Number(mask) >= bits) throw fault(`the number of bits is below ${bits}`);
  const hostBits = BigInt(bits - Number(mask));
  return { family: address.family, network: address.value >> hostBits, hostBits };
}
