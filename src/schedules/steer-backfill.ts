/** Pausing, resuming and canceling backfills. */
import { encodeValue } from '../base/codec.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine, GuardedChange, RunRecord } from '../engine/index.ts';
import {
  backfillSpace,
  readBackfill,
  readDates,
  type BackfillRecord,
  type BackfillState,
} from './backfill-record.ts';
import { datesMax } from './backfill-parts.ts';
import { backfillCells } from './tend-backfill.ts';

/** Lets no more runs of the backfill go; those under way go on. @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT */
export function pauseBackfill(engine: Engine, id: string, reason: string): Promise<BackfillRecord> {
  return steer(engine, id, { from: ['running'], change: { state: 'paused', reason } });
}

/** Lets runs go again. @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT if it is not paused. */
export function resumeBackfill(engine: Engine, id: string): Promise<BackfillRecord> {
  return steer(engine, id, { from: ['paused'], change: { state: 'running', reason: null } });
}

/**
 * Ends a backfill: its runs that were not let go are canceled without doing anything, those under way go on. The end and the
 * cancellations are one transaction.
 * @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT if it has ended.
 */
export async function cancelBackfill(engine: Engine, id: string, reason: string): Promise<BackfillRecord> {
  const endedAt = engine.clock.now();
  return steer(engine, id, {
    from: ['running', 'paused'],
    change: { state: 'canceled', reason, endedAt },
    sends: (record) => cancellations(engine, record, reason),
  });
}

interface Steering {
  readonly from: readonly BackfillState[];
  readonly change: Partial<BackfillRecord>;
  readonly sends?: (record: BackfillRecord) => Promise<GuardedChange['sends']>;
}

async function steer(engine: Engine, id: string, steering: Steering): Promise<BackfillRecord> {
  for (;;) {
    const { record, version } = await readBackfill(engine, id);
    if (!steering.from.includes(record.state)) {
      throw new TuttiError(
        'TUTTI_STATE_CONFLICT',
        `Backfill '${id}' is ${record.state}; expected ${steering.from.join(' or ')}.`,
        { details: { id, state: record.state } },
      );
    }
    const next = { ...record, ...steering.change };
    const { applied } = await engine.change({
      when: [{ space: backfillSpace, key: id, version }],
      cells: backfillCells(engine, next),
      starts: [],
      sends: (await steering.sends?.(record)) ?? [],
    });
    // Else a worker wrote it in between; what it says now is judged anew.
    if (applied) return next;
  }
}

async function cancellations(
  engine: Engine,
  record: BackfillRecord,
  reason: string,
): Promise<GuardedChange['sends']> {
  const dates = await readDates(engine, record.id, { from: record.next, limit: datesMax });
  const runs = await Promise.all(
    dates.map(async ({ run, generation }) =>
      generation === null ? null : engine.store.findRun(run, generation),
    ),
  );
  const payload = engine.payloads.always(encodeValue(`backfill ${record.id}: ${reason}`, 'a reason'));
  const at = engine.clock.now();
  return runs
    .filter((run): run is RunRecord => run !== null)
    .map((run) => ({ run: run.number, kind: 'cancel', name: 'cancel', at, payload }));
}
