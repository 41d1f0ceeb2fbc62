/** What must hold when everything has come to rest. */
import { isDeepStrictEqual } from 'node:util';
import { decodeValue } from '../../src/base/codec.ts';
import {
  isFinal,
  nobody,
  splitCause,
  type JournalEntry,
  type Payload,
  type PayloadStore,
  type Store,
} from '../../src/engine/index.ts';
import { dumpStore, type RunDump } from '../../src/testing/store-conformance/index.ts';
import type { ProgramInput } from './interpreter.ts';
import type { Model, ModelRun } from './model.ts';
import type { People } from './people.ts';
import { matches, predict } from './predict.ts';
import type { World } from './world.ts';

export interface FinalState {
  readonly world: World;
  readonly store: Store;
  readonly payloads: PayloadStore;
  readonly model: Model;
  readonly people: People;
}

/** Compares store, model, acknowledgements and predictions. */
export async function checkFinalState(state: FinalState): Promise<void> {
  const { world, store, model, people } = state;
  const dump = await dumpStore(store);
  const byNumber = new Map(dump.runs.map((run) => [run.run.number, run]));
  for (const [number, run] of model.runs) {
    const stored = byNumber.get(number);
    if (stored === undefined) world.violate('I1', `run ${number} (${run.first.id}) is gone`);
    else await checkRun(state, run, stored);
  }
  if (dump.runs.length !== model.runs.size)
    world.violate('store', `the store holds ${dump.runs.length} runs, ${model.runs.size} were accepted`);
  for (const { id, generation } of people.acknowledged) {
    if (!dump.runs.some(({ run }) => run.id === id && run.generation === generation))
      world.violate('I1', `run ${id}@${generation} was acknowledged and is gone`);
  }
  checkSends(world, model);
}

async function checkRun(state: FinalState, run: ModelRun, stored: RunDump): Promise<void> {
  const { world } = state;
  const { number, id } = run.first;
  const what = `run ${number} (${id})`;
  if (stored.run.state !== run.state)
    world.violate('store', `${what} is ${stored.run.state} in the store, accepted was ${run.state}`);
  if (!isDeepStrictEqual(stored.journal.map(withoutRun), run.journal.map(withoutRun)))
    world.violate('I1', `the journal of ${what} is not what was accepted: ${describe(stored, run)}`);
  if (!isFinal(run.state)) return checkOpen(world, run, stored);
  if (stored.waits.length > 0)
    world.violate('store', `${what} is over and waits for ${stored.waits[0]?.key}`);
  if (stored.inbox.length > 0) world.violate('store', `${what} is over and has messages`);
  if (stored.run.owner !== nobody)
    world.violate('store', `${what} is over and belongs to ${stored.run.owner}`);
  await checkOutcome(state, run, stored);
  checkCompensations(world, run);
}

/** Everything ends; what does not has missed something, or waits for what has happened. */
function checkOpen(world: World, run: ModelRun, { waits, inbox, run: row }: RunDump): void {
  const waited = waits.map((wait) => `${wait.key} until ${wait.deadline}`).join(', ');
  const lying = inbox.map((message) => `${message.kind} ${message.name}`).join(', ');
  world.violate(
    'I5',
    `run ${run.first.number} (${run.first.id}) is still ${row.state}, owner ${row.owner}, wakes at ${row.wakeAt}; ` +
      `waits: ${waited || 'none'}; inbox: ${lying || 'empty'}`,
  );
}

async function checkOutcome(
  { world, payloads }: FinalState,
  run: ModelRun,
  { run: row }: RunDump,
): Promise<void> {
  const { program } = (await read(payloads, row.input)) as ProgramInput;
  const result = await read(payloads, row.result);
  const expected = predict(program);
  const wasCanceled = run.journal.some((entry) => entry.kind === 'cancel');
  if (wasCanceled) return;
  const got = row.state === 'completed' ? result : (result as { readonly message?: unknown }).message;
  if (
    expected.isOk === (row.state === 'completed') &&
    row.state !== 'canceled' &&
    matches(expected.value, got)
  )
    return;
  world.violate(
    'outcome',
    `run ${row.number} (${row.id}) is ${row.state} with ${JSON.stringify(got)}, expected ` +
      `${expected.isOk ? 'completed' : 'failed'} with ${JSON.stringify(expected.value)}`,
  );
}

/** What was done is undone, newest first, if the run did not complete. */
function checkCompensations(world: World, run: ModelRun): void {
  if (run.state === 'completed') return;
  const undone = run.journal
    .filter(({ name }) => name.startsWith('compensate '))
    .map(({ name }) => name.slice(11));
  const order = run.journal
    .filter(({ name, kind }) => kind === 'step' && undone.includes(name))
    .map(({ name }) => name);
  if (!isDeepStrictEqual(undone.toReversed(), order))
    world.violate('outcome', `run ${run.first.number} did ${order.join(' ')} and undid ${undone.join(' ')}`);
}

/** I4: each signal a run sent lies in an inbox once if its journal says so, and not at all otherwise. */
function checkSends(world: World, model: Model): void {
  for (const [number, run] of model.runs) {
    for (const entry of run.journal.slice(run.forked)) {
      if (entry.kind !== 'send' || !entry.name.startsWith('send ')) continue;
      const text = JSON.stringify(`from ${number} ${entry.name.slice(5)}`);
      const count = model.accepted(({ send }) => payloadText(send) === text).length;
      const expected = entry.outcome === 'ok' ? 1 : 0;
      if (count !== expected)
        world.violate('I4', `run ${number} sent ${entry.name} ${count} times, its journal says ${expected}`);
    }
  }
  const sent = model.accepted(({ send }) => payloadText(send).startsWith('"from '));
  for (const { send, id } of sent) {
    const [, number, name] = payloadText(send).slice(1, -1).split(' ');
    const entry = model.entry(Number(number), 'send', `send ${name}`);
    if (entry?.outcome !== 'ok')
      world.violate('I4', `message ${id} from run ${number} has no entry in its journal`);
  }
}

/** What was sent, without what the sender followed from. */
function payloadText({ payload }: { readonly payload: Payload | null }): string {
  return splitCause(String(payload)).text;
}

async function read(
  payloads: PayloadStore,
  payload: Payload | { readonly bytes: string } | null,
): Promise<unknown> {
  if (typeof payload !== 'string') return payload === null ? undefined : payload;
  const isInline = !payload.startsWith('@');
  const text = isInline ? payload : Buffer.from(await payloads.get(payload.slice(1))).toString();
  return decodeValue(splitCause(text).text);
}

function withoutRun(entry: object): object {
  const { run: _run, ...rest } = entry as { readonly run?: number };
  return rest;
}

function describe(stored: RunDump, run: ModelRun): string {
  return `${listed(stored.journal)} instead of ${listed(run.journal)}`;
}

function listed(journal: readonly Pick<JournalEntry, 'seq' | 'kind' | 'name'>[]): string {
  return journal.map(({ seq, kind, name }) => `${seq} ${kind} ${name}`).join(', ');
}
