/**
 * Deletes what tasks that depend on their past left behind, once nobody can ask for it any more.
 *
 * Only cells of runs that are gone are touched. An end that lets the next run pass is then of no use: a run that does not exist holds
 * nobody up. An end that holds the next run up is kept
 *   - as long as the run that waits for it is there, which may be done again;
 *   - as long as it is the newest of its schedule, since the next tick will ask for it.
 * An older one has no one left to ask for it: a backfill that goes over it makes its run anew, and one that begins after it ignores
 * the past. Each group of deletions is guarded by versions, so that a run which is made anew meanwhile loses nothing.
 */
import {
  isFinal,
  type CellCondition,
  type CellRecord,
  type CellWrite,
  type Engine,
} from '../engine/index.ts';
import { decodeValue } from '../base/codec.ts';
import { allCells } from './all-cells.ts';
import { endSpace, letsPass, readPastKey, waiterSpace } from './past-cells.ts';

/** Cells of one run that are looked at together. */
const cellsOfRunMax = 1_000;

/** After runs were deleted: drops what nobody needs of theirs. Costs what they left. */
export async function forgetPast(engine: Engine, runs: readonly string[]): Promise<void> {
  for (const run of runs) {
    const page = { prefix: `${run}|`, limit: cellsOfRunMax };
    for (const end of await engine.store.listCells(endSpace, page))
      if (letsPass(await valueOf(engine, end))) await drop(engine, [{ space: endSpace, ...end }]);
    for (const waiter of await engine.store.listCells(waiterSpace, page)) await dropWaiter(engine, waiter);
  }
}

/** Looks at everything there is: what was kept, what a crash left, and what belongs to runs that never were. */
export async function sweepPast(engine: Engine): Promise<void> {
  const isGone = goneLookup(engine);
  /** By schedule and task: an end that holds up, of the newest run so far that is gone. */
  const held = new Map<string, CellRecord>();
  for await (const end of allCells(engine.store, endSpace)) {
    const { run, schedule, task } = readPastKey(end.key);
    if (!(await isGone(run))) continue;
    const line = `${schedule}|${task}`;
    const older = held.get(line);
    held.delete(line);
    if (older !== undefined) await dropHolding(engine, older);
    if (letsPass(await valueOf(engine, end))) await drop(engine, [{ space: endSpace, ...end }]);
    else held.set(line, end);
  }
  for await (const waiter of allCells(engine.store, waiterSpace))
    if (await isGone(readPastKey(waiter.key).run)) await dropWaiter(engine, waiter);
}

/** Drops an end that holds up, unless the run that waits for it is still there. */
async function dropHolding(engine: Engine, end: CellRecord): Promise<void> {
  const waiter = await engine.store.getCell(waiterSpace, end.key);
  if (waiter === null) return drop(engine, [{ space: endSpace, ...end }]);
  if ((await engine.store.findRun(String(await valueOf(engine, waiter)))) !== null) return;
  await drop(engine, [
    { space: endSpace, ...end },
    { space: waiterSpace, ...waiter },
  ]);
}

/** Drops the name of who waits, unless it may still be waiting, or says of an end that is kept that somebody may ask for it. */
async function dropWaiter(engine: Engine, waiter: CellRecord): Promise<void> {
  const run = await engine.store.findRun(String(await valueOf(engine, waiter)));
  if (run !== null && !isFinal(run.state)) return;
  if ((await engine.store.getCell(endSpace, waiter.key)) !== null) return;
  await drop(engine, [{ space: waiterSpace, ...waiter }]);
}

async function drop(engine: Engine, cells: readonly (CellCondition & CellRecord)[]): Promise<void> {
  await engine.change({
    when: cells.map(({ space, key, version }) => ({ space, key, version })),
    cells: cells.map(({ space, key }): CellWrite => ({ space, key, value: null })),
    starts: [],
    sends: [],
  });
}

async function valueOf(engine: Engine, { value }: CellRecord): Promise<unknown> {
  return decodeValue(await engine.payloads.text(value));
}

/** Cells of one run lie together, so that the last answer is the next one most of the time. */
function goneLookup({ store }: Engine): (run: string) => Promise<boolean> {
  let last: { readonly run: string; readonly isGone: boolean } | null = null;
  return async (run) => {
    if (last?.run !== run) last = { run, isGone: (await store.findRun(run)) === null };
    return last.isGone;
  };
}
