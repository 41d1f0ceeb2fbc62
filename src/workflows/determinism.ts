/**
 * Makes determinism invisible: inside workflow code time, randomness and ids come from the run, and real I/O is refused with
 * the line and the cure; everywhere else, steps included, everything is real.
 *
 * Owns: the patched globals, counted by installations. Knows workflow code by the async context it runs in.
 * Invariants:
 * D1  Outside workflow code a patched function does exactly what the original does.
 * D2  Inside it the same calls give the same values in every replay.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { seededRandom, type Random } from '../base/random.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { RunHandle } from '../engine/index.ts';
import { guardModules } from './determinism-io.ts';

interface CodeContext {
  readonly run: RunHandle;
  readonly random: Random;
}

const storage = new AsyncLocalStorage<CodeContext | undefined>();

/** Runs workflow code: until its promise settles, the patched globals answer for this run. */
export function insideWorkflow<T>(run: RunHandle, code: () => T): T {
  return storage.run({ run, random: seededRandom(run.record.seed) }, code);
}

/**
 * Runs the body of a step: everything is real. Taken at load, in no async context at all: entering one would cost every step a
 * copy of the map that holds it, and a body that is run again after a crash could not have the code's contexts either.
 */
export const outsideOfWorkflow: <A, T>(body: (argument: A) => T, argument: A) => T =
  AsyncLocalStorage.snapshot();

type Uuid = ReturnType<typeof globalThis.crypto.randomUUID>;

let installations = 0;
let uninstall: (() => void) | null = null;

/** Patches the globals, once for all installations. Returns how to undo it; the last one restores the originals. */
export function installGuard(): () => void {
  installations += 1;
  uninstall ??= patch();
  let isInstalled = true;
  return () => {
    if (!isInstalled) return;
    isInstalled = false;
    installations -= 1;
    if (installations > 0) return;
    uninstall?.();
    uninstall = null;
  };
}

function patch(): () => void {
  const undo = [patchDate(), patchRandom(), ...patchGlobals(), guardModules(refuse)];
  return () => {
    for (const restore of undo) restore();
  };
}

function patchDate(): () => void {
  const RealDate = globalThis.Date;
  const GuardedDate = new Proxy(RealDate, {
    construct(target, args, newTarget): object {
      const context = args.length === 0 ? storage.getStore() : undefined;
      return Reflect.construct(target, context === undefined ? args : [context.run.now], newTarget) as object;
    },
    apply(target): string {
      const context = storage.getStore();
      return context === undefined ? target() : new target(context.run.now).toString();
    },
  });
  const realNow = RealDate.now;
  RealDate.now = (): number => storage.getStore()?.run.now ?? realNow();
  RealDate.prototype.constructor = GuardedDate;
  globalThis.Date = GuardedDate;
  return () => {
    RealDate.now = realNow;
    RealDate.prototype.constructor = RealDate;
    globalThis.Date = RealDate;
  };
}

function patchRandom(): () => void {
  const { random } = Math;
  Math.random = (): number => storage.getStore()?.random.next() ?? random();
  const { crypto } = globalThis;
  const realUuid = crypto.randomUUID.bind(crypto);
  const realValues = crypto.getRandomValues.bind(crypto);
  crypto.randomUUID = (): Uuid => {
    const context = storage.getStore();
    return context === undefined ? realUuid() : uuidOf(context.random);
  };
  crypto.getRandomValues = (<T extends Uint8Array<ArrayBuffer>>(array: T): T => {
    const context = storage.getStore();
    if (context === undefined) {
      realValues(array);
      return array;
    }
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = context.random.uint32() & 255;
    return array;
  }) as typeof crypto.getRandomValues;
  return () => {
    Math.random = random;
    Reflect.deleteProperty(crypto, 'randomUUID');
    Reflect.deleteProperty(crypto, 'getRandomValues');
  };
}

/** A version 4 UUID (RFC 9562) drawn from the run's own randomness. */
function uuidOf(random: Random): Uuid {
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const sleepCure = "Wait with ctx.sleep('5m'), which survives a crash.";

function patchGlobals(): (() => void)[] {
  const cures = {
    fetch: "Put it into a step: await ctx.step('call', () => fetch(...)).",
    setTimeout: sleepCure,
    setInterval: sleepCure,
    setImmediate: sleepCure,
  };
  return Object.entries(cures).map(([name, cure]) => {
    const target = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;
    const original = target[name];
    if (original === undefined) return () => undefined;
    const guarded = (...args: unknown[]): unknown => {
      refuse(name, cure);
      return original(...args);
    };
    // Node hangs more on its timers, for example the symbol that promisify looks for.
    target[name] = Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(original));
    return () => {
      target[name] = original;
    };
  });
}

/** Does nothing outside workflow code. @throws TUTTI_NONDETERMINISTIC_CALL inside, and has the run paused. */
function refuse(call: string, cure: string): void {
  const context = storage.getStore();
  if (context === undefined) return;
  const { record } = context.run;
  const line = userLine(new Error('where').stack ?? '');
  const error = new TuttiError(
    'TUTTI_NONDETERMINISTIC_CALL',
    `The code of "${record.definition}" (run "${record.id}") called ${call}${line === null ? '' : ` at ${line}`}. ` +
      `In a replay it would happen again. ${cure}`,
    { details: { runId: record.id, call, line } },
  );
  context.run.violate(error);
  throw error;
}

const here = new URL('.', import.meta.url).href;

/** The first line of a stack that is the user's own. */
function userLine(stack: string): string | null {
  const frames = stack.split('\n').slice(1);
  const own = frames.find(
    (frame) => !frame.includes(here) && !frame.includes('node:') && !frame.includes('<anonymous>'),
  );
  return own === undefined ? null : own.trim().replace(/^at\s+/, '');
}
