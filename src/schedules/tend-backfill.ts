/**
 * What is done for one backfill at a time: count the runs that ended, and let the next ones go.
 *
 * Its runs lie in the store from the beginning and never wake by themselves; a message lets one go. Letting go and the note that
 * it was done are one transaction on condition of the backfill's version, so that two workers never let go too many, and a crash
 * forgets none.
 */
import { isFinal, type Engine, type GuardedChange, type RunRecord } from '../engine/index.ts';
import {
  activeSpace,
  backfillSpace,
  readBackfill,
  readDates,
  type BackfillRecord,
} from './backfill-record.ts';
import { writeCell } from './schedule-state.ts';
import type { Rest } from './tender.ts';

/** Dates read at a time while looking for the next ones to let go. */
const pageSize = 100;

/** Does the next thing for a backfill. @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STORE_*: nothing was done. */
export async function tendBackfill(engine: Engine, id: string): Promise<Rest | 'again'> {
  const { record, version } = await readBackfill(engine, id);
  if (record.endedAt !== null) return { until: null, runs: [] };
  const runs = await Promise.all(record.open.map((run) => engine.store.findRun(run)));
  const open = runs.filter((run): run is RunRecord => run !== null && !isFinal(run.state));
  const counted = open.length === record.open.length ? record : countEnded(record, runs);
  // A paused backfill counts what ends, and lets nothing go.
  const released =
    counted.state === 'paused' ? { record: counted, sends: [] } : await release(engine, counted);
  const next = endIfOver(engine, released.record);
  if (next === record) return { until: null, runs: open.map(({ number }) => number) };
  await engine.change({
    when: [{ space: backfillSpace, key: id, version }],
    cells: backfillCells(engine, next),
    starts: [],
    sends: released.sends,
  });
  return 'again';
}

/** The writes that make it the stored record; one that ended makes room for the next of its definition. */
export function backfillCells(engine: Engine, record: BackfillRecord): GuardedChange['cells'] {
  const cell = writeCell(engine, backfillSpace, record.id, record);
  if (record.endedAt === null) return [cell];
  return [cell, { space: activeSpace, key: record.definition, value: null }];
}

/** The record with the ended runs counted. A run that was pruned counts as completed. */
function countEnded(record: BackfillRecord, runs: readonly (RunRecord | null)[]): BackfillRecord {
  const ended = { ...record.ended };
  const open: string[] = [];
  for (const [index, run] of runs.entries()) {
    const state = run === null ? 'completed' : run.state;
    if (isFinal(state)) ended[state] += 1;
    else open.push(record.open[index] ?? '');
  }
  return { ...record, ended, open };
}

function endIfOver(engine: Engine, record: BackfillRecord): BackfillRecord {
  const isOver = record.open.length === 0 && record.next >= record.planned + record.skipped;
  return isOver && record.state === 'running'
    ? { ...record, state: 'completed', endedAt: engine.clock.now() }
    : record;
}

async function release(
  engine: Engine,
  record: BackfillRecord,
): Promise<{ readonly record: BackfillRecord; readonly sends: GuardedChange['sends'] }> {
  const room = record.concurrency - record.open.length;
  const ended = { ...record.ended };
  let { next } = record;
  const chosen: RunRecord[] = [];
  for (;;) {
    const dates =
      chosen.length < room ? await readDates(engine, record.id, { from: next, limit: pageSize }) : [];
    if (dates.length === 0) break;
    for (const date of dates) {
      if (chosen.length === room) break;
      next += 1;
      const run = date.generation === null ? null : await engine.store.findRun(date.run, date.generation);
      if (run === null) continue;
      // Someone canceled it while it lay waiting.
      if (isFinal(run.state)) ended[run.state] += 1;
      else chosen.push(run);
    }
  }
  if (next === record.next) return { record, sends: [] };
  const open = [...record.open, ...chosen.map(({ id }) => id)];
  return { record: { ...record, next, open, ended }, sends: chosen.map((run) => letGo(engine, run)) };
}

/** Any message wakes a run that no time would wake; a run that is under way takes this one without effect. */
function letGo(engine: Engine, run: RunRecord): GuardedChange['sends'][number] {
  return { run: run.number, kind: 'resume', name: 'resume', at: engine.clock.now(), payload: null };
}
