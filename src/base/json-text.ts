import { decodeValue } from './codec.ts';
import { TuttiError } from './tutti-error.ts';

/**
 * The value of a JSON text that a person or a program outside wrote; tagged values of the codec are restored.
 * `what` names the text in the error, for instance `"the request's body"`.
 *
 * @throws TUTTI_JSON_MALFORMED with line and column of the first fault, both counted from 1.
 */
export function parseJsonText(text: string, what: string): unknown {
  let cause: unknown;
  try {
    JSON.parse(text);
    return decodeValue(text);
  } catch (error) {
    cause = error;
  }
  const fault = findFault(text) ?? { offset: 0, message: 'a $tutti tag does not hold what its kind needs' };
  const before = text.slice(0, fault.offset).split('\n');
  const line = before.length;
  const column = (before.at(-1) ?? '').length + 1;
  throw new TuttiError(
    'TUTTI_JSON_MALFORMED',
    `${what} is not JSON: line ${line}, column ${column}: ${fault.message}${excerpt(text, fault.offset)}`,
    { cause, details: { line, column } },
  );
}

interface Fault {
  /** Characters before the fault. */
  readonly offset: number;
  readonly message: string;
}

const blank = /[ \t\n\r]*/y;
// Control characters end a text: JSON wants them escaped.
// oxlint-disable-next-line no-control-regex
const text = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | ', or }' | ', or ]' | 'end';

const expectations: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a property name in double quotes',
  'key or }': 'a property name in double quotes or }',
  colon: 'a colon after the property name',
  ', or }': ', or }',
  ', or ]': ', or ]',
  end: 'nothing more',
};

/** The first place where the text leaves the grammar; JSON.parse knows it too, but often keeps it to itself. */
function findFault(source: string): Fault | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let offset = skip(blank, source, 0);
  while (offset < source.length) {
    const step = takeToken(source, offset, expected);
    if (step === undefined) return faultAt(source, offset, expected);
    if (step.token === '{' || step.token === '[') open.push(step.token);
    else if (step.token === '}' || step.token === ']') open.pop();
    expected = step.token === ':' ? 'value' : nextExpected(step.token, expected, open.at(-1));
    offset = skip(blank, source, step.end);
  }
  return expected === 'end'
    ? undefined
    : { offset, message: `the text ends where ${expectations[expected]} was expected` };
}

interface Token {
  /** The mark itself, or `text` or `scalar`. */
  readonly token: string;
  readonly end: number;
}

function takeToken(source: string, offset: number, expected: Expected): Token | undefined {
  const mark = source.charAt(offset);
  if (isMarkExpected(mark, expected)) return { token: mark, end: offset + 1 };
  const isText = expected.startsWith('value') || expected.startsWith('key');
  const textEnd = isText ? skip(text, source, offset) : offset;
  if (textEnd > offset) return { token: 'text', end: textEnd };
  const scalarEnd = expected.startsWith('value') ? skip(scalar, source, offset) : offset;
  return scalarEnd > offset ? { token: 'scalar', end: scalarEnd } : undefined;
}

function isMarkExpected(mark: string, expected: Expected): boolean {
  if (mark === '{' || mark === '[') return expected.startsWith('value');
  if (mark === ':') return expected === 'colon';
  if (mark === ',') return expected.startsWith(',');
  return (mark === '}' || mark === ']') && expected.endsWith(mark);
}

function nextExpected(token: string, before: Expected, around: '{' | '[' | undefined): Expected {
  if (token === '{') return 'key or }';
  if (token === '[') return 'value or ]';
  if (token === ',') return around === '{' ? 'key' : 'value';
  if (token === 'text' && before.startsWith('key')) return 'colon';
  if (around === undefined) return 'end';
  return around === '{' ? ', or }' : ', or ]';
}

function faultAt(source: string, offset: number, expected: Expected): Fault {
  const found = /^(?:"[^"\n]{0,20}"?|[\w.+-]{1,20}|.)/su.exec(source.slice(offset))?.[0] ?? '';
  return { offset, message: `expected ${expectations[expected]}, found ${JSON.stringify(found)}` };
}

function skip(pattern: RegExp, source: string, offset: number): number {
  pattern.lastIndex = offset;
  return pattern.test(source) ? pattern.lastIndex : offset;
}

/** The line around the fault with a mark, where that says more than the position alone. */
function excerpt(source: string, offset: number): string {
  if (source.trim() === '') return '';
  const start = Math.max(source.lastIndexOf('\n', offset - 1) + 1, offset - 40);
  const line = source.slice(start).split('\n', 1)[0] ?? '';
  return `\n    ${line.slice(0, 80)}\n    ${' '.repeat(offset - start)}^`;
}
