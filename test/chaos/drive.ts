/** The clients of a workload: does its actions one after the other, each once, whatever happens to the process. */
import type { Tutti } from '../../src/app/index.ts';
import { isTuttiError } from '../../src/base/tutti-error.ts';
import { isFinal, type RunRecord } from '../../src/engine/index.ts';
import type { Boundaries } from './boundaries.ts';
import type { Fact, Request } from './facts.ts';
import type { Action } from './workloads.ts';

/** What a driver works with. */
export interface Driver {
  readonly tutti: Tutti;
  readonly boundaries: Boundaries;
  readonly tell: (fact: Fact) => Promise<void>;
}

/** Does what is not done yet, and tells the ledger of every answer. Resolves when the last action was accepted. */
export async function drive(driver: Driver, actions: readonly Action[]): Promise<void> {
  for (const action of actions) await insist(driver, action);
}

/** Repeats `look` after every commit until it finds something. */
export async function until<T>({ boundaries }: Driver, look: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const changed = boundaries.nextCommit();
    const found = await look();
    if (found !== null) return found;
    await changed;
  }
}

/** Resolves when every run of the store is over. */
export function allEnded(driver: Driver): Promise<true> {
  return until(driver, async () => {
    const runs = await driver.tutti.client.listRuns({ limit: 1_000 });
    return runs.every(({ endedAt }) => endedAt !== null) ? true : null;
  });
}

async function insist(driver: Driver, action: Action): Promise<void> {
  const request = requestOf(action);
  for (;;) {
    const moment = await until(driver, () => momentOf(driver.tutti, action, request));
    // Another life had it accepted, and was harmed before it could tell.
    if (moment === 'done') return;
    const changed = driver.boundaries.nextCommit();
    try {
      await perform(driver.tutti, action);
      await driver.tell({ type: 'acknowledged', request });
      return;
    } catch (error) {
      if (!isTuttiError(error)) throw error;
      // Another worker drove on while this process was frozen.
      if (error.code === 'TUTTI_RUN_FINISHED') return;
      const isThere = await isDone(driver.tutti, request);
      await driver.tell({ type: 'refused', request, code: error.code, isThere });
    }
    // Whoever makes room, or lets the disk recover, commits something afterwards.
    await changed;
  }
}

function requestOf(action: Action): Request {
  const { run } = action;
  switch (action.do) {
    case 'start':
      return { kind: 'start', run, name: action.definition };
    case 'signal':
      return { kind: 'signal', run, name: action.signal };
    case 'answer':
      return { kind: 'answer', run, name: action.question };
    default:
      return { kind: 'cancel', run, name: 'cancel' };
  }
}

async function perform({ client }: Tutti, action: Action): Promise<unknown> {
  const { run } = action;
  switch (action.do) {
    case 'start':
      return client.startRun(action.definition, action.input, { id: run, onConflict: 'attach' });
    case 'signal':
      return client.sendSignal(run, action.signal, action.payload);
    case 'answer': {
      const [question] = await client.listApprovals({ run });
      return client.answerApproval(question?.id ?? run, action.answer, 'Ada');
    }
    default:
      return client.cancelRun(run, 'no longer wanted');
  }
}

/** Whether it is time to act, or was done already; null as long as neither. */
async function momentOf(tutti: Tutti, action: Action, request: Request): Promise<'now' | 'done' | null> {
  if (action.do === 'start') return 'now';
  if (await isDone(tutti, request)) return 'done';
  if (action.do === 'signal' && !action.whenAwaited) return 'now';
  const { store } = tutti.engine;
  const run = await findRun(tutti, action.run);
  const waits = await store.listWaits({ run: run.number });
  const kind = action.do === 'answer' ? 'approval' : 'signal';
  if (!waits.some((wait) => wait.kind === kind)) return null;
  const called = waits.filter((wait) => wait.kind === 'child').length;
  // A child is started a moment after its parent waits for it.
  const children = await store.listRuns({ parent: run.number });
  return children.length >= called ? 'now' : null;
}

/** Whether the store holds what was asked for, in any form it may have taken by now. */
async function isDone(tutti: Tutti, { kind, run: id, name }: Request): Promise<boolean> {
  const { store } = tutti.engine;
  const run = await store.findRun(id);
  if (run === null) return false;
  if (kind === 'start' || isFinal(run.state)) return true;
  const entryKind = kind === 'answer' ? 'approval' : kind;
  const inbox = await store.listInbox(run.number);
  // An answer is addressed to the key of its question, which contains its name.
  if (inbox.some((message) => message.kind === kind && message.name.includes(name))) return true;
  const journal = await store.readJournal(run.number, 0, 1_000);
  return journal.some((entry) => entry.kind === entryKind && entry.name === name);
}

async function findRun({ engine }: Tutti, id: string): Promise<RunRecord> {
  const run = await engine.store.findRun(id);
  if (run === null) throw new RangeError(`run ${id} was acknowledged and is not there`);
  return run;
}
