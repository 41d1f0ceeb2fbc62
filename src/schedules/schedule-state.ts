/** What is durable of a schedule: one cell in the space `schedules`, under the schedule's id. */
import { decodeValue, encodeValue } from '../base/codec.ts';
import type { CellRecord, CellWrite, Engine } from '../engine/index.ts';
import { absentCell, allCells } from '../engine/index.ts';
import type { BoundSchedule } from './bound-schedule.ts';
import { firstCursor, type Cursor } from './moments.ts';

/** The space of the schedules' cells. */
export const scheduleSpace = 'schedules';

/**
 * What became of a tick: `started` a run; found that the run `exists`; was `missed` while nobody worked; was dropped because the
 * schedule was `busy`, or because a later one took its place (`superseded`); its input was `refused`.
 */
export type TickOutcome = 'started' | 'exists' | 'missed' | 'busy' | 'superseded' | 'refused';

/** The last thing a schedule decided. */
export interface Decision {
  readonly at: number;
  readonly outcome: TickOutcome;
  /** Logical dates of the first and the last tick that were decided together; times in milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The run of the last one, if there is one. */
  readonly run: string | null;
  /** More for people; null when the outcome says it all. */
  readonly reason: string | null;
}

/** Where a schedule stands. */
export interface ScheduleState {
  readonly cursor: Cursor;
  /** When it was first seen. */
  readonly since: number;
  readonly pausedAt: number | null;
  readonly pauseReason: string | null;
  /** Logical date of the tick that waits for a run to end; it, and those after it, are not missed. Null when none waits. */
  readonly heldFrom: number | null;
  /** Ids of runs its ticks started that had not ended when last looked at; at most `concurrency`. */
  readonly open: readonly string[];
  readonly last: Decision | null;
}

/** A state, and the version of the cell it was read from. */
export interface StoredState {
  readonly state: ScheduleState;
  /** `absentCell` for a schedule that was never seen before. */
  readonly version: number;
}

/** The stored state, or that of a schedule seen for the first time now. @throws TUTTI_STORE_* */
export async function readState(engine: Engine, bound: BoundSchedule): Promise<StoredState> {
  const cell = await engine.store.getCell(scheduleSpace, bound.id);
  if (cell !== null) return { state: await readCell<ScheduleState>(engine, cell), version: cell.version };
  const now = engine.clock.now();
  const state: ScheduleState = {
    cursor: firstCursor(bound, now),
    since: now,
    pausedAt: null,
    pauseReason: null,
    heldFrom: null,
    open: [],
    last: null,
  };
  return { state, version: absentCell };
}

/** The versions of the schedules' cells, by id; `absentCell` for one that was never seen. @throws TUTTI_STORE_* */
export async function scheduleVersions(
  engine: Engine,
  schedules: readonly BoundSchedule[],
): Promise<ReadonlyMap<string, number>> {
  const versions = new Map(schedules.map(({ id }) => [id, absentCell]));
  for await (const { key, version } of allCells(engine.store, scheduleSpace))
    if (versions.has(key)) versions.set(key, version);
  return versions;
}

/** The write that makes it the stored state. */
export function stateCell(engine: Engine, bound: BoundSchedule, state: ScheduleState): CellWrite {
  return writeCell(engine, scheduleSpace, bound.id, state);
}

/** The value of a cell that this folder wrote. @throws TUTTI_STORE_FAILED when it cannot be read. */
export async function readCell<T>(engine: Engine, cell: CellRecord): Promise<T> {
  return decodeValue(await engine.payloads.text(cell.value)) as T;
}

/** The write of a value into a cell. */
export function writeCell(engine: Engine, space: string, key: string, value: unknown): CellWrite {
  return { space, key, value: engine.payloads.always(encodeValue(value, `cell ${space}/${key}`)) };
}
