import { decodeValue } from '../base/codec.ts';
import type { ErrorRecord } from '../base/error-record.ts';
import type {
  ApprovalQuestion,
  Definition,
  JournalEntry,
  Payload,
  Payloads,
  RunRecord,
  Store,
  WaitRecord,
} from '../engine/index.ts';
import type { WorkerNames } from './worker-names.ts';
import type { ApprovalView, DefinitionView, EntryView, WaitView } from './client.ts';
import type { RunView } from './run-view.ts';

/** The value of a payload; null if there is none. @throws TUTTI_STORE_FAILED when it cannot be read. */
export async function readPayload(payloads: Payloads, payload: Payload | null): Promise<unknown> {
  return payload === null ? null : decodeValue(await payloads.text(payload));
}

/** The runs as views, in the same order. Ids of parents are looked up once each. */
export async function viewRuns(
  store: Store,
  workerNames: WorkerNames,
  runs: readonly RunRecord[],
): Promise<readonly RunView[]> {
  await workerNames.learn(runs.map((run) => run.owner));
  const parentIds = new Map<number, string>();
  for (const { parent } of runs) {
    if (parent === null || parentIds.has(parent.run)) continue;
    const record = await store.getRun(parent.run);
    if (record !== null) parentIds.set(parent.run, record.id);
  }
  return runs.map((run) => {
    const parentId = run.parent === null ? null : (parentIds.get(run.parent.run) ?? null);
    return viewOf(run, workerNames, parentId);
  });
}

/** One run as a view. */
export async function viewRun(store: Store, workerNames: WorkerNames, run: RunRecord): Promise<RunView> {
  const { owner, parent } = run;
  // Every start and every wait makes one: what is known is not asked for.
  if (!workerNames.knows(owner)) await workerNames.learn([owner]);
  const parentId = parent === null ? null : ((await store.getRun(parent.run))?.id ?? null);
  return viewOf(run, workerNames, parentId);
}

function viewOf(run: RunRecord, workerNames: WorkerNames, parent: string | null): RunView {
  return {
    id: run.id,
    generation: run.generation,
    kind: run.kind,
    definition: run.definition,
    version: run.version,
    state: run.state,
    status: run.status,
    createdAt: run.createdAt,
    startedAt: run.startedAt,
    updatedAt: run.updatedAt,
    endedAt: run.endedAt,
    deadlineAt: run.deadlineAt,
    worker: workerNames.of(run.owner),
    parent,
  };
}

/** What a run returned, and why it failed, was canceled or is paused. */
export async function readResult(
  payloads: Payloads,
  run: RunRecord,
): Promise<{ readonly output: unknown; readonly error: ErrorRecord | null }> {
  const value = await readPayload(payloads, run.result);
  if (run.state === 'completed') return { output: value, error: null };
  // The engine writes nothing else than an encoded ErrorRecord as the result of a run that did not complete.
  return { output: null, error: value as ErrorRecord | null };
}

/** A journal entry as a view. */
export async function viewEntry(payloads: Payloads, entry: JournalEntry): Promise<EntryView> {
  const { seq, kind, scope, name, occurrence, attempt, outcome, startedAt, at } = entry;
  const value = await readPayload(payloads, entry.payload);
  return { seq, kind, scope, name, occurrence, attempt, outcome, startedAt, at, value };
}

/** A wait of this run as a view. */
export async function viewWait(payloads: Payloads, run: RunRecord, wait: WaitRecord): Promise<WaitView> {
  const { key, kind, name, since, deadline } = wait;
  return {
    runId: run.id,
    key,
    kind,
    name,
    since,
    deadline,
    detail: await readPayload(payloads, wait.detail),
  };
}

/** An open question as a view; `now` tells which reminder was the last one due. */
export async function viewApproval(
  payloads: Payloads,
  open: { readonly run: RunRecord; readonly wait: WaitRecord },
  now: number,
): Promise<ApprovalView> {
  const { run, wait } = open;
  // The engine writes nothing else as the detail of an approval.
  const question = (await readPayload(payloads, wait.detail)) as ApprovalQuestion | null;
  const remindEveryMs = question?.remindEveryMs ?? null;
  return {
    id: `${run.id}:${wait.key}`,
    runId: run.id,
    definition: run.definition,
    question: wait.name,
    to: question?.to ?? null,
    since: wait.since,
    deadline: wait.deadline,
    remindEveryMs,
    remindedAt: lastReminder(wait.since, remindEveryMs, now),
    detail: question?.detail ?? null,
    form: question?.form ?? null,
  };
}

/** Reminders fall on whole multiples of their period after the question, so the last one needs no record. */
function lastReminder(since: number, everyMs: number | null, now: number): number | null {
  if (everyMs === null || everyMs <= 0) return null;
  const count = Math.floor((now - since) / everyMs);
  return count < 1 ? null : since + count * everyMs;
}

/** A definition as a view; `source` is the file it came from, if known. */
export function viewDefinition(definition: Definition, source: string | null): DefinitionView {
  const { kind, name, version, timeoutMs, signalNames, inputForm } = definition;
  return { kind, name, version, timeoutMs, signals: signalNames, input: inputForm, source };
}
