/** Open questions to people: listing and answering them. */
import { encodeValue } from '../base/codec.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine, RunRecord, Store, WaitRecord } from '../engine/index.ts';
import { findExactRun, resolveRun } from './address.ts';
import type { ApprovalView } from './client.ts';
import { viewApproval } from './views.ts';

interface OpenQuestion {
  readonly run: RunRecord;
  readonly wait: WaitRecord;
  readonly view: ApprovalView;
}

/** Open questions, the oldest first. @throws TUTTI_RUN_NOT_FOUND, TUTTI_RUN_ID_AMBIGUOUS for the run of the query. */
export async function listApprovals(
  engine: Engine,
  query: { readonly to?: string; readonly run?: string },
): Promise<readonly ApprovalView[]> {
  const only = query.run === undefined ? undefined : await resolveRun(engine.store, query.run);
  const views = (await listOpen(engine, only)).map(({ view }) => view);
  return query.to === undefined ? views : views.filter((view) => view.to === query.to);
}

/**
 * Answers a question; resolves when the answer is on disk. The first answer counts.
 * @throws TUTTI_APPROVAL_NOT_FOUND, TUTTI_APPROVAL_CLOSED, TUTTI_INPUT_INVALID, TUTTI_PAYLOAD_TOO_LARGE: it was not accepted.
 */
export async function answerApproval(
  engine: Engine,
  id: string,
  answer: unknown,
  by: string,
): Promise<ApprovalView> {
  const { run, wait, view } = await findOpen(engine, id);
  if (!isPlainObject(answer)) {
    throw new TuttiError(
      'TUTTI_INPUT_INVALID',
      `The answer to '${view.id}' is ${answer === null ? 'null' : `a ${typeof answer}`}; expected an object such as {"approved": true}.`,
    );
  }
  const accepted = await engine.acceptAnswer(run.number, wait.key, { ...answer, by });
  // A form that lists its fields drops the one it does not know, and who answered must not get lost.
  const value = isPlainObject(accepted) ? { ...accepted, by } : accepted;
  const what = `the answer to '${view.id}'`;
  const payload = await engine.payloads.store(encodeValue(value, what), run.id, what);
  const { outcome } = await engine.send({
    run: run.number,
    kind: 'answer',
    name: wait.key,
    at: engine.clock.now(),
    payload,
    onlyIfWaiting: wait.key,
  });
  if (outcome !== 'accepted') throw closed(view.id);
  return view;
}

async function listOpen(engine: Engine, only: RunRecord | undefined): Promise<readonly OpenQuestion[]> {
  const { store, payloads, clock } = engine;
  const waits = await store.listWaits({
    kind: 'approval',
    ...(only === undefined ? {} : { run: only.number }),
  });
  const open: OpenQuestion[] = [];
  for (const wait of waits) {
    const run = only ?? (await store.getRun(wait.run));
    // Between the two reads the run may have gone.
    if (run === null || (await isAnswered(store, wait))) continue;
    open.push({ run, wait, view: await viewApproval(payloads, { run, wait }, clock.now()) });
  }
  return open;
}

/** Whether the answer is on disk already, and the run has not taken it out of its inbox yet. */
async function isAnswered(store: Store, wait: WaitRecord): Promise<boolean> {
  const inbox = await store.listInbox(wait.run);
  return inbox.some(({ kind, name }) => kind === 'answer' && name === wait.key);
}

async function findOpen(engine: Engine, id: string): Promise<OpenQuestion> {
  const all = await listOpen(engine, undefined);
  const exact = all.find(({ view }) => view.id === id);
  if (exact !== undefined) return exact;
  const ofRun = all.filter(({ run }) => run.id === id);
  const fitting =
    id === '' ? [] : ofRun.length > 0 ? ofRun : all.filter(({ view }) => view.id.startsWith(id));
  const [first] = fitting;
  if (first !== undefined && fitting.length === 1) return first;
  if (first !== undefined) {
    const named = fitting.slice(0, 5).map(({ view }) => view.id);
    throw new TuttiError(
      'TUTTI_APPROVAL_NOT_FOUND',
      `'${id}' begins the ids of ${fitting.length} open questions; expected one: ${named.join(', ')}.`,
      { details: { id, candidates: named } },
    );
  }
  if (await wasAsked(engine, id)) throw closed(id);
  throw new TuttiError('TUTTI_APPROVAL_NOT_FOUND', `No open question has the id '${id}'.`, {
    details: { id },
  });
}

/** Whether the id is that of a question of an existing run. Run ids may contain a colon, so each one may be the separator. */
async function wasAsked(engine: Engine, id: string): Promise<boolean> {
  for (let at = id.indexOf(':'); at !== -1; at = id.indexOf(':', at + 1)) {
    if (!id.slice(at).includes('/approval:')) return false;
    if ((await findExactRun(engine.store, id.slice(0, at))) !== null) return true;
  }
  return false;
}

function closed(id: string): TuttiError {
  return new TuttiError(
    'TUTTI_APPROVAL_CLOSED',
    `The question '${id}' is no longer open: it was answered, expired or withdrawn.`,
    { details: { id } },
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
