/**
 * Rows of the SQL stores and the records they stand for. Column names are the same in every SQL store.
 *
 * Records are built field by field, not by renaming: the engine compares and spreads them, so they must hold the
 * port's fields and nothing else, always in the same order (which also keeps them fast).
 */
import type {
  CellRecord,
  DefinitionKind,
  EntryKind,
  EntryOutcome,
  JournalEntry,
  LogLevel,
  LogRecord,
  MessageKind,
  MessageRecord,
  Payload,
  PoolRecord,
  RunRecord,
  RunStart,
  RunState,
  SlotRecord,
  WaitKind,
  WaitRecord,
  WorkerRecord,
} from '../engine/index.ts';

/** Columns of table `run`, in the order in which {@link RunRow} is selected. */
export const runColumns: string =
  'number, id, generation, kind, definition, version, state, owner, wake_at, deadline_at, ' +
  'parent_run, parent_operation, created_at, started_at, updated_at, ended_at, seed, status, input, result';

/** A row of table `run`, as an array: that reads in half the time of an object with twenty names. */
export type RunRow = readonly [
  number: number,
  id: string,
  generation: number,
  kind: DefinitionKind,
  definition: string,
  version: string,
  state: RunState,
  owner: number,
  wakeAt: number | null,
  deadlineAt: number | null,
  parentRun: number | null,
  parentOperation: string | null,
  createdAt: number,
  startedAt: number | null,
  updatedAt: number,
  endedAt: number | null,
  seed: number,
  status: string | null,
  input: Payload,
  result: Payload | null,
];

/** The record a row of table `run` stands for. */
export function runFromRow(row: RunRow): RunRecord {
  return {
    number: row[0],
    id: row[1],
    generation: row[2],
    kind: row[3],
    definition: row[4],
    version: row[5],
    state: row[6],
    input: row[18],
    result: row[19],
    status: row[17],
    seed: row[16],
    owner: row[7],
    wakeAt: row[8],
    deadlineAt: row[9],
    parent: row[10] === null ? null : { run: row[10], operation: row[11] ?? '' },
    createdAt: row[12],
    startedAt: row[13],
    updatedAt: row[14],
    endedAt: row[15],
  };
}

/** The record of a run that is being inserted: what a later read of its row would give. */
export function runFromStart(start: RunStart, number: number, generation: number): RunRecord {
  const isOwned = start.owner !== 0;
  return {
    number,
    id: start.id,
    generation,
    kind: start.kind,
    definition: start.definition,
    version: start.version,
    state: isOwned ? 'running' : 'pending',
    input: start.input,
    result: null,
    status: null,
    seed: start.seed,
    owner: start.owner,
    wakeAt: start.wakeAt,
    deadlineAt: start.deadlineAt,
    parent: start.parent === null ? null : { run: start.parent.run, operation: start.parent.operation },
    createdAt: start.at,
    startedAt: isOwned ? start.at : null,
    updatedAt: start.at,
    endedAt: null,
  };
}

/** Columns of table `journal`, in the order of {@link JournalRow}. */
export const journalColumns =
  'run, seq, kind, scope, name, occurrence, attempt, outcome, started_at, at, payload';

/** A row of table `journal`, as an array: a long replay reads millions of them. */
export type JournalRow = readonly [
  run: number,
  seq: number,
  kind: EntryKind,
  scope: string,
  name: string,
  occurrence: number,
  attempt: number,
  outcome: EntryOutcome,
  startedAt: number,
  at: number,
  payload: Payload | null,
];

/** The entry a row of table `journal` stands for. */
export function entryFromRow(row: JournalRow): JournalEntry {
  return {
    seq: row[1],
    kind: row[2],
    scope: row[3],
    name: row[4],
    occurrence: row[5],
    attempt: row[6],
    outcome: row[7],
    startedAt: row[8],
    at: row[9],
    payload: row[10],
  };
}

/** Columns of table `wait`. */
export const waitColumns = 'run, key, kind, name, since, deadline, detail';

/** A row of table `wait`. */
export interface WaitRow {
  readonly run: number;
  readonly key: string;
  readonly kind: WaitKind;
  readonly name: string;
  readonly since: number;
  readonly deadline: number | null;
  readonly detail: Payload | null;
}

/** The record a row of table `wait` stands for. */
export function waitFromRow(row: WaitRow): WaitRecord {
  return {
    run: row.run,
    key: row.key,
    kind: row.kind,
    name: row.name,
    since: row.since,
    deadline: row.deadline,
    detail: row.detail,
  };
}

/** Columns of table `inbox`. */
export const inboxColumns = 'id, run, kind, name, at, payload';

/** A row of table `inbox`. */
export interface InboxRow {
  readonly id: number;
  readonly run: number;
  readonly kind: MessageKind;
  readonly name: string;
  readonly at: number;
  readonly payload: Payload | null;
}

/** The record a row of table `inbox` stands for. */
export function messageFromRow(row: InboxRow): MessageRecord {
  return { id: row.id, run: row.run, kind: row.kind, name: row.name, at: row.at, payload: row.payload };
}

/** Columns of table `cell` that a reader of one space needs. */
export const cellColumns = 'key, value, version';

/** A row of table `cell`. */
export interface CellRow {
  readonly key: string;
  readonly value: Payload;
  readonly version: number;
}

/** The record a row of table `cell` stands for. */
export function cellFromRow(row: CellRow): CellRecord {
  return { key: row.key, value: row.value, version: row.version };
}

/** Columns of table `slot`, without the order of arrival. */
export const slotColumns = 'pool, run, key, slots, priority, max_slots, since, granted_at';

/** A row of table `slot`. */
export interface SlotRow {
  readonly pool: string;
  readonly run: number;
  readonly key: string;
  readonly slots: number;
  readonly priority: number;
  readonly max_slots: number;
  readonly since: number;
  readonly granted_at: number | null;
}

/** The record a row of table `slot` stands for. */
export function slotFromRow(row: SlotRow): SlotRecord {
  return {
    pool: row.pool,
    run: row.run,
    key: row.key,
    slots: row.slots,
    priority: row.priority,
    limit: row.max_slots,
    since: row.since,
    grantedAt: row.granted_at,
  };
}

/** A row of table `pool`. */
export interface PoolRow {
  readonly name: string;
  readonly max_slots: number | null;
  readonly granted: number;
  readonly waiting: number;
}

/** The record a row of table `pool` stands for. */
export function poolFromRow(row: PoolRow): PoolRecord {
  return { pool: row.name, limit: row.max_slots, granted: row.granted, waiting: row.waiting };
}

/** Columns of table `log` that a reader of one run needs. */
export const logColumns = 'seq, key, attempt, at, level, text';

/** A row of table `log`. */
export interface LogRow {
  readonly seq: number;
  readonly key: string;
  readonly attempt: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** The record a row of table `log` stands for. */
export function logFromRow(row: LogRow): LogRecord {
  return {
    seq: row.seq,
    key: row.key,
    attempt: row.attempt,
    at: row.at,
    level: row.level,
    text: row.text,
  };
}

/** A row of table `worker`; `definitions` is a JSON array of names. */
export interface WorkerRow {
  readonly number: number;
  readonly name: string;
  readonly state: WorkerRecord['state'];
  readonly started_at: number;
  readonly lease_until: number;
  readonly definitions: string;
}

/** The record a row of table `worker` stands for. */
export function workerFromRow(row: WorkerRow): WorkerRecord {
  const definitions: unknown = JSON.parse(row.definitions);
  return {
    number: row.number,
    name: row.name,
    state: row.state,
    startedAt: row.started_at,
    leaseUntil: row.lease_until,
    definitions: Array.isArray(definitions) ? definitions.map(String) : [],
  };
}
