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
import { guardCall, guardModules, sleepCure } from './determinism-io.ts';
import { fillBytes, guardValues, uuidOf, type ValueSource } from './determinism-values.ts';

interface CodeContext {
  readonly run: RunHandle;
  readonly random: Random;
}

/** Stands in the place of a run's context while the body of a step runs. */
const inBody = Symbol('in the body of a step');

const storage = new AsyncLocalStorage<CodeContext | typeof inBody | undefined>();

/** The run whose code is running; undefined outside of workflow code. */
function codeContext(): CodeContext | undefined {
  const context = storage.getStore();
  return context === inBody ? undefined : context;
}

/** Runs workflow code: until its promise settles, the patched globals answer for this run. */
export function insideWorkflow<T>(run: RunHandle, code: () => T): T {
  return storage.run({ run, random: seededRandom(run.record.seed) }, code);
}

/**
 * Runs the body of a step: everything is real. Taken at load, in no other async context: entering one would cost every step a
 * copy of the map that holds it, and a body that is run again after a crash could not have the code's contexts either.
 */
export const outsideOfWorkflow: <A, T>(body: (argument: A) => T, argument: A) => T = storage.run(inBody, () =>
  AsyncLocalStorage.snapshot(),
);

/**
 * Refuses an operation of a run that is issued by the body of a step: a replay does not run the body of a finished step, so it
 * would never meet the operation again. @throws TUTTI_OPERATION_IN_STEP
 */
export function refuseInBody(run: RunHandle): void {
  if (storage.getStore() !== inBody) return;
  throw new TuttiError(
    'TUTTI_OPERATION_IN_STEP',
    `The body of a step of run "${run.record.id}" used the context of its workflow; a replay skips that body and would not find what it did.`,
    { details: { runId: run.record.id } },
  );
}

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
  const undo = [
    patchDate(),
    patchRandom(),
    ...patchGlobals(),
    guardValues(valueSource),
    guardModules(refuse),
  ];
  return () => {
    for (const restore of undo) restore();
  };
}

function patchDate(): () => void {
  const RealDate = globalThis.Date;
  const GuardedDate = new Proxy(RealDate, {
    construct(target, args, newTarget): object {
      const context = args.length === 0 ? codeContext() : undefined;
      return Reflect.construct(target, context === undefined ? args : [context.run.now], newTarget) as object;
    },
    apply(target): string {
      const context = codeContext();
      return context === undefined ? target() : new target(context.run.now).toString();
    },
  });
  const realNow = RealDate.now;
  RealDate.now = (): number => codeContext()?.run.now ?? realNow();
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
  Math.random = (): number => codeContext()?.random.next() ?? random();
  const { crypto } = globalThis;
  const realUuid = crypto.randomUUID.bind(crypto);
  const realValues = crypto.getRandomValues.bind(crypto);
  crypto.randomUUID = (): Uuid => {
    const context = codeContext();
    return context === undefined ? realUuid() : uuidOf(context.random);
  };
  crypto.getRandomValues = (<T extends Uint8Array<ArrayBuffer>>(array: T): T => {
    const context = codeContext();
    if (context === undefined) {
      realValues(array);
      return array;
    }
    return fillBytes(context.random, array);
  }) as typeof crypto.getRandomValues;
  return () => {
    Math.random = random;
    Reflect.deleteProperty(crypto, 'randomUUID');
    Reflect.deleteProperty(crypto, 'getRandomValues');
  };
}

function valueSource(): ValueSource | undefined {
  const context = codeContext();
  if (context === undefined) return undefined;
  const { run, random } = context;
  return { random, now: run.now, elapsedMs: run.now - run.record.createdAt };
}

const limitCure =
  "Limit the time with ctx.scope('name', { timeout: '5m' }, ...), or a step with its option attemptTimeout.";

function patchGlobals(): (() => void)[] {
  return [
    guardGlobal('fetch', "Put it into a step: await ctx.step('call', () => fetch(...))."),
    guardGlobal('WebSocket', 'Open it in a step and close it there: await ctx.step(...).'),
    guardGlobal('EventSource', 'Open it in a step and close it there: await ctx.step(...).'),
    ...['setTimeout', 'setInterval', 'setImmediate'].map((name) => guardGlobal(name, sleepCure)),
    guardCall(AbortSignal as unknown as Record<string, unknown>, 'timeout', () =>
      refuse('AbortSignal.timeout', limitCure),
    ),
  ];
}

function guardGlobal(name: string, cure: string): () => void {
  return guardCall(globalThis, name, () => refuse(name, cure));
}

/** Does nothing outside workflow code. @throws TUTTI_NONDETERMINISTIC_CALL inside, and has the run paused. */
function refuse(call: string, cure: string): void {
  const context = codeContext();
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

/** The guard's own frames: by address or, in tools that transform what they load, by path. */
const own = /\/workflows\/determinism(-io|-values)?\.[jt]s:/;

/** The first line of a stack that is the user's own. */
function userLine(stack: string): string | null {
  const frames = stack.split('\n').slice(1);
  const users = frames.find(
    (frame) => !own.test(frame) && !frame.includes('node:') && !frame.includes('<anonymous>'),
  );
  return users === undefined ? null : users.trim().replace(/^at\s+/, '');
}
