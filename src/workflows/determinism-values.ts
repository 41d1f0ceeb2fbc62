/**
 * What of Node gives time and randomness beside `Date` and `Math.random`: inside workflow code it gives the run's own, which are
 * the same in every replay; outside it does what it always did.
 */
import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Random } from '../base/random.ts';

/** What values are drawn from inside workflow code; undefined outside. */
export interface ValueSource {
  readonly random: Random;
  /** The run's time, milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds since the run was started. */
  readonly elapsedMs: number;
}

type AnyFunction = (...args: never[]) => unknown;

/** Replaces the calls. Returns how to restore them. */
export function guardValues(source: () => ValueSource | undefined): () => void {
  const restore = [...guardCrypto(source), ...guardClocks(source)];
  syncBuiltinESMExports();
  return () => {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  };
}

/** A version 4 UUID (RFC 9562) drawn from the run's own randomness. */
export function uuidOf(random: Random): `${string}-${string}-${string}-${string}-${string}` {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Fills any typed array, or a part of a buffer, with random bytes. */
export function fillBytes<T extends ArrayBufferView>(random: Random, view: T, offset = 0, size?: number): T {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const end = size === undefined ? bytes.length : Math.min(bytes.length, offset + size);
  for (let index = offset; index < end; index += 1) bytes[index] = random.uint32() & 255;
  return view;
}

// Its `getRandomValues` is the global one, which is replaced beside Math.random.
function guardCrypto(source: () => ValueSource | undefined): (() => void)[] {
  const drawing =
    <A extends readonly unknown[]>(draw: (random: Random, ...args: A) => unknown) =>
    (original: AnyFunction) =>
    (...args: A): unknown => {
      const values = source();
      if (values === undefined) return (original as (...all: A) => unknown)(...args);
      return handOver(draw(values.random, ...args), args.at(-1));
    };
  return [
    replace(nodeCrypto, 'randomUUID', drawing(uuidOf)),
    replace(nodeCrypto, 'randomBytes', drawing(bytesOf)),
    replace(nodeCrypto, 'randomInt', drawing(integerOf)),
    replace(nodeCrypto, 'randomFillSync', drawing(fillBytes)),
    replace(nodeCrypto, 'randomFill', drawing(fillOf)),
  ];
}

/** The callback forms answer in the same turn: nothing is read from anywhere, so there is nothing to wait for. */
function handOver(value: unknown, last: unknown): unknown {
  if (typeof last !== 'function') return value;
  (last as (error: null, value: unknown) => void)(null, value);
  return undefined;
}

function bytesOf(random: Random, size: number): Buffer {
  return fillBytes(random, Buffer.alloc(size));
}

function fillOf(random: Random, view: ArrayBufferView, offset?: unknown, size?: unknown): ArrayBufferView {
  return fillBytes(
    random,
    view,
    typeof offset === 'number' ? offset : 0,
    typeof size === 'number' ? size : undefined,
  );
}

function integerOf(random: Random, first: number, second?: unknown): number {
  const [min, max] = typeof second === 'number' ? [first, second] : [0, first];
  return min + Math.floor(random.next() * (max - min));
}

function guardClocks(source: () => ValueSource | undefined): (() => void)[] {
  const hrtime = process.hrtime.bind(process);
  const bigint = process.hrtime.bigint.bind(process.hrtime);
  const guardedHrtime = Object.assign(
    (since?: [number, number]): [number, number] => {
      const values = source();
      if (values === undefined) return hrtime(since);
      const [seconds, nanoseconds] = split(values.now);
      return since === undefined
        ? [seconds, nanoseconds]
        : split(values.now - since[0] * 1_000 - since[1] / 1_000_000);
    },
    {
      bigint: (): bigint => {
        const values = source();
        return values === undefined ? bigint() : BigInt(values.now) * 1_000_000n;
      },
    },
  );
  return [
    replace(process, 'hrtime', () => guardedHrtime),
    replace(
      performance,
      'now',
      (original) => () => source()?.elapsedMs ?? (original.call(performance) as number),
    ),
  ];
}

function split(milliseconds: number): [number, number] {
  const seconds = Math.floor(milliseconds / 1_000);
  return [seconds, Math.round((milliseconds - seconds * 1_000) * 1_000_000)];
}

function replace(target: object, name: string, make: (original: AnyFunction) => unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  const original = Reflect.get(target, name) as AnyFunction;
  Object.defineProperty(target, name, {
    value: make(original),
    configurable: true,
    writable: true,
    enumerable: true,
  });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, before);
  };
}
