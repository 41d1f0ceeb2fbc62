/**
 * What may be stored, and how it is written.
 *
 * Values are stored as JSON text. A value that JSON carries faithfully is written by JSON.stringify and nothing else.
 * What JSON would lose is written as a tagged object, `{"$tutti":"Date","value":"2026-01-01T00:00:00.000Z"}`; an object
 * of the user that has a key `$tutti` itself is wrapped in the tag `Object`, so the two can never be confused.
 *
 * - Kept exactly: JSON's values, undefined, NaN, ±Infinity, -0, bigint, Date, Map, Set, Uint8Array, Error, RegExp, URL.
 * - Kept in substance: a Buffer comes back as a Uint8Array, an object without prototype as an ordinary one, a hole in
 *   an array as undefined, a RegExp without its lastIndex, two references to one object as two objects, and an Error as
 *   error-record.ts describes.
 * - An object with a toJSON method is stored as what that method returns: its author says that this is its stored form.
 * - Left out, as JSON does: symbol keys, non-enumerable properties, named properties of arrays.
 * - Refused: functions, symbols, other class instances, cycles, nesting beyond `nestingMax`.
 */
import { type ErrorRecord, fromErrorRecord, toErrorRecord } from './error-record.ts';
import { TuttiError } from './tutti-error.ts';

const tagKey = '$tutti';

/** How the tag's key looks in JSON text; a text without it is plain JSON. A quote inside a string would be escaped. */
const tagKeyText = `"${tagKey}":`;

/** Deepest nesting stored. Deeper data is a mistake (a linked list, a parent pointer) and would exhaust the stack. */
const nestingMax = 256;

const undefinedText = `{${tagKeyText}"undefined"}`;

/**
 * The value as text for the journal or a payload store. `what` names it in the error, for instance
 * `"the result of step 'pay'"`.
 *
 * @throws TUTTI_VALUE_NOT_STORABLE naming the place, for instance `$.items[3].callback`.
 */
export function encodeValue(value: unknown, what: string): string {
  switch (typeof value) {
    case 'undefined':
      return undefinedText;
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    default:
      return isPlain(value, 0) ? JSON.stringify(value) : new Encoder(what).encode(value, '$');
  }
}

/** Whether JSON carries the value faithfully, all the way down. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (depth === nestingMax) return false;
      return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
    default:
      return false;
  }
}

function isPlainArray(value: readonly unknown[], depth: number): boolean {
  for (let i = 0; i < value.length; i += 1) {
    if (!isPlain(value[i], depth + 1)) return false;
  }
  // An array may carry a toJSON of its own or come from a subclass: leave those to the careful path.
  return Object.getPrototypeOf(value) === Array.prototype && !('toJSON' in value);
}

function isPlainObject(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    if (key === tagKey || !isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  // A toJSON hidden from enumeration would still be called by JSON.stringify.
  return !('toJSON' in value);
}

/** The careful path: writes the text itself, so that no key or value passes through JSON's own rules unseen. */
class Encoder {
  readonly #what: string;
  /** The objects around the current one, to recognise a cycle. */
  readonly #ancestors = new Set<object>();

  constructor(what: string) {
    this.#what = what;
  }

  encode(value: unknown, path: string): string {
    switch (typeof value) {
      case 'undefined':
        return undefinedText;
      case 'string':
      case 'boolean':
        return JSON.stringify(value);
      case 'number':
        return encodeNumber(value);
      case 'bigint':
        return tagged('bigint', JSON.stringify(value.toString()));
      case 'object':
        return value === null ? 'null' : this.#encodeInside(value, path);
      default:
        return this.#refuse(path, `is a ${typeof value}`);
    }
  }

  #encodeInside(value: object, path: string): string {
    if (this.#ancestors.has(value)) return this.#refuse(path, 'refers back to an object that contains it');
    if (this.#ancestors.size === nestingMax)
      return this.#refuse(path, `is nested deeper than ${nestingMax} levels`);
    this.#ancestors.add(value);
    const text = this.#encodeObject(value, path);
    this.#ancestors.delete(value);
    return text;
  }

  #encodeObject(value: object, path: string): string {
    if (value instanceof Error) return tagged('Error', this.encode(toErrorRecord(value), path));
    const special = this.#encodeBuiltIn(value, path);
    if (special !== undefined) return special;
    if ('toJSON' in value && typeof value.toJSON === 'function')
      return this.encode(value.toJSON(), `${path}.toJSON()`);
    if (Array.isArray(value)) return this.#encodeList(value, path);
    if (!isRecord(value)) return this.#refuse(path, describeInstance(value));
    return this.#encodeRecord(value, path);
  }

  #encodeBuiltIn(value: object, path: string): string | undefined {
    if (value instanceof Uint8Array) return tagged('Uint8Array', JSON.stringify(toBase64(value)));
    switch (Object.getPrototypeOf(value)) {
      case Date.prototype:
        return tagged('Date', JSON.stringify(value));
      case Map.prototype: {
        const entries = [...(value as Map<unknown, unknown>)];
        const texts = entries.map(
          ([key, item], i) =>
            `[${this.encode(key, `${path}.keys()[${i}]`)},${this.encode(item, `${path}.values()[${i}]`)}]`,
        );
        return tagged('Map', `[${texts.join(',')}]`);
      }
      case Set.prototype:
        return tagged('Set', this.#encodeList([...(value as Set<unknown>)], `${path}.values()`));
      case RegExp.prototype:
        return tagged('RegExp', JSON.stringify([(value as RegExp).source, (value as RegExp).flags]));
      case URL.prototype:
        return tagged('URL', JSON.stringify((value as URL).href));
      default:
        return undefined;
    }
  }

  #encodeList(value: readonly unknown[], path: string): string {
    // Array.from visits holes too; map would skip them and leave the text torn.
    return `[${Array.from(value, (item, i) => this.encode(item, `${path}[${i}]`)).join(',')}]`;
  }

  #encodeRecord(value: Readonly<Record<string, unknown>>, path: string): string {
    const texts = Object.keys(value).map(
      (key) => `${JSON.stringify(key)}:${this.encode(value[key], memberPath(path, key))}`,
    );
    const text = `{${texts.join(',')}}`;
    return Object.hasOwn(value, tagKey) ? tagged('Object', text) : text;
  }

  #refuse(path: string, fault: string): never {
    throw new TuttiError('TUTTI_VALUE_NOT_STORABLE', `${this.#what} cannot be stored: ${path} ${fault}`, {
      details: { what: this.#what, path },
    });
  }
}

function encodeNumber(value: number): string {
  if (Number.isFinite(value) && !Object.is(value, -0)) return String(value);
  return tagged('number', JSON.stringify(Object.is(value, -0) ? '-0' : String(value)));
}

function tagged(tag: string, valueText: string): string {
  return `{${tagKeyText}"${tag}","value":${valueText}}`;
}

/** An object literal, of this realm or another, or an object without prototype. */
function isRecord(value: object): value is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  // Another realm's Object.prototype: the end of its chain, with the property only that object has.
  return (
    typeof prototype === 'object' &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'isPrototypeOf')
  );
}

function describeInstance(value: object): string {
  if (value instanceof Promise) return 'is a promise; await it first';
  const constructor: unknown = value.constructor;
  const name = typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a class';
  return `is an instance of ${name}, which would lose its methods; store its data, or give it a toJSON method`;
}

function memberPath(path: string, key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/**
 * The value that {@link encodeValue} wrote.
 *
 * @throws TUTTI_STORE_FAILED when the text was not written by it: the stored data is damaged.
 */
export function decodeValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return text.includes(tagKeyText) ? revive(value) : value;
  } catch (error) {
    throw new TuttiError('TUTTI_STORE_FAILED', `a stored value cannot be read back: ${clip(text)}`, {
      cause: error,
    });
  }
}

function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}… (${text.length} characters)`;
}

type JsonObject = Record<string, unknown>;

/** Restores tagged values, changing the freshly parsed tree in place. */
function revive(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = revive(value[i]);
    return value;
  }
  const object = value as JsonObject;
  return Object.hasOwn(object, tagKey) ? reviveTagged(object) : reviveMembers(object);
}

function reviveMembers(object: JsonObject): JsonObject {
  for (const key of Object.keys(object)) object[key] = revive(object[key]);
  return object;
}

function reviveTagged(object: JsonObject): unknown {
  const tag = object[tagKey];
  const value = object['value'];
  switch (tag) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(value);
    case 'bigint':
      return BigInt(value as string);
    case 'Date':
      return new Date(value === null ? Number.NaN : (value as string));
    case 'Map':
      return new Map((value as [unknown, unknown][]).map(([key, item]) => [revive(key), revive(item)]));
    case 'Set':
      return new Set((value as unknown[]).map(revive));
    case 'Uint8Array':
      return Uint8Array.from(Buffer.from(value as string, 'base64'));
    case 'RegExp':
      return new RegExp(...(value as [string, string]));
    case 'URL':
      return new URL(value as string);
    case 'Error':
      return fromErrorRecord(revive(value) as ErrorRecord);
    case 'Object':
      return reviveMembers(value as JsonObject);
    default:
      throw new SyntaxError(`unknown tag ${String(tag)}`);
  }
}
