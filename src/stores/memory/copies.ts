/**
 * Copies of records, made wherever one enters or leaves the store: whoever keeps or changes his own can never reach ours.
 * Fields are named one by one, so that nothing beside the record slips in with it.
 */
import type {
  CellRecord,
  JournalEntry,
  LogRecord,
  MessageRecord,
  Payload,
  RunRecord,
  WaitRecord,
  WorkerRecord,
} from '../../engine/index.ts';

/** A copy of a payload; text cannot be changed and stays itself. */
export function copyPayload<P extends Payload | null>(payload: P): P | Uint8Array {
  // Not `slice`: on a Buffer it would share the memory.
  return payload instanceof Uint8Array ? new Uint8Array(payload) : payload;
}

/** A copy of a run's row. */
export function copyRun(run: RunRecord): RunRecord {
  return {
    number: run.number,
    id: run.id,
    generation: run.generation,
    kind: run.kind,
    definition: run.definition,
    version: run.version,
    state: run.state,
    input: copyPayload(run.input),
    result: copyPayload(run.result),
    status: run.status,
    seed: run.seed,
    owner: run.owner,
    wakeAt: run.wakeAt,
    deadlineAt: run.deadlineAt,
    parent: run.parent === null ? null : { run: run.parent.run, operation: run.parent.operation },
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    updatedAt: run.updatedAt,
    endedAt: run.endedAt,
  };
}

/** A copy of a journal entry. */
export function copyEntry(entry: JournalEntry): JournalEntry {
  return {
    seq: entry.seq,
    kind: entry.kind,
    scope: entry.scope,
    name: entry.name,
    occurrence: entry.occurrence,
    attempt: entry.attempt,
    outcome: entry.outcome,
    startedAt: entry.startedAt,
    at: entry.at,
    payload: copyPayload(entry.payload),
  };
}

/** A copy of a wait. */
export function copyWait(wait: WaitRecord): WaitRecord {
  return {
    run: wait.run,
    key: wait.key,
    kind: wait.kind,
    name: wait.name,
    since: wait.since,
    deadline: wait.deadline,
    detail: copyPayload(wait.detail),
  };
}

/** A copy of an inbox message. */
export function copyMessage(message: MessageRecord): MessageRecord {
  return {
    id: message.id,
    run: message.run,
    kind: message.kind,
    name: message.name,
    at: message.at,
    payload: copyPayload(message.payload),
  };
}

/** A copy of a cell. */
export function copyCell(cell: CellRecord): CellRecord {
  return { key: cell.key, value: copyPayload(cell.value), version: cell.version };
}

/** A copy of a line of a log. */
export function copyLogRecord(line: LogRecord): LogRecord {
  return {
    seq: line.seq,
    key: line.key,
    attempt: line.attempt,
    at: line.at,
    level: line.level,
    text: line.text,
  };
}

/** A copy of a worker's row. */
export function copyWorker(worker: WorkerRecord): WorkerRecord {
  return {
    number: worker.number,
    name: worker.name,
    state: worker.state,
    startedAt: worker.startedAt,
    leaseUntil: worker.leaseUntil,
    definitions: [...worker.definitions],
  };
}
