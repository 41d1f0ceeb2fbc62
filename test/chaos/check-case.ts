/**
 * What must hold after a case: pure, from what the ledger was told. Each finding is one sentence; none means that the case
 * passed. I1 and I3 are the invariants of the design: nothing acknowledged is lost, finished steps never run again.
 */
import type {
  AcknowledgedFact,
  EffectFact,
  EndedFact,
  EntryFacts,
  FoundFact,
  LedgerLine,
  Request,
  RunFacts,
  StoreState,
} from './facts.ts';
import { probeName } from './worker-task.ts';

/** Everything a case left. */
export interface CaseRecord {
  readonly lines: readonly LedgerLine[];
  /** How the undisturbed execution ended; null when this is it. */
  readonly reference: StoreState | null;
  /** How often a process was stopped from outside: each may make the steps in flight run once more. */
  readonly disturbances: number;
  /** The life that was frozen while another took over; what it does afterwards can have effects, and no consequences. */
  readonly zombie?: number;
}

type LineOf<F> = F & { readonly life: number };

/** All findings about a case. */
export function checkCase(record: CaseRecord): readonly string[] {
  const last = record.lines.findLast((line) => line.type === 'ended');
  if (last === undefined) return ['the runs did not end'];
  const lines = withoutZombie(record);
  return [
    ...checkOutcome(last, record.reference),
    ...checkAcknowledged(record.lines),
    ...checkRefused(record.lines),
    ...checkFinishedSteps(lines),
    ...checkAttempts({ ...record, lines }),
    ...checkResults(lines, last.state),
    ...checkLeftovers(last.state),
  ];
}

/**
 * All lines but the effects that a frozen life had after another took over: they happen, since nobody can call back what
 * a process has begun, but no journal may name one (`checkResults` then misses it).
 */
function withoutZombie({ lines, zombie }: CaseRecord): readonly LedgerLine[] {
  const takeOver = lines.findLastIndex((line) => line.type === 'found' && line.life !== zombie);
  if (zombie === undefined || takeOver === -1) return lines;
  return lines.filter((line, index) => index < takeOver || line.life !== zombie || line.type !== 'effect');
}

function checkOutcome({ state, damage }: EndedFact, reference: StoreState | null): string[] {
  const findings = damage.map((text) => `the database is damaged: ${text}`);
  for (const run of state.runs) {
    if (run.entries.some((entry, index) => entry.seq !== index)) {
      findings.push(`the journal of ${run.id} has a gap`);
    }
  }
  if (reference === null) return findings;
  const found = new Map(summaries(state));
  for (const [id, expected] of summaries(reference)) {
    const got = found.get(id) ?? 'nothing';
    found.delete(id);
    if (got !== expected) findings.push(`${id} ended otherwise: expected ${expected}, got ${got}`);
  }
  for (const id of found.keys()) findings.push(`${id} was not in the undisturbed execution`);
  return findings;
}

/** Runs and the facts in their journals. Facts of parallel branches may be journaled in any order. */
function summaries({ runs }: StoreState): (readonly [string, string])[] {
  return runs
    .filter(({ id }) => id !== probeName)
    .map(({ id, generation, definition, state, result, entries }) => {
      const facts = entries.map((entry) => `${operationOf(entry)} ${entry.value}`).toSorted();
      return [id, `${definition}@${generation} ${state} ${result} [${facts.join('; ')}]`];
    });
}

function operationOf({ place, kind, name, attempt, outcome }: EntryFacts): string {
  return `${place} ${kind} ${name} (attempt ${attempt}) ${outcome}`;
}

/** I1: whatever was acknowledged before a look at the store began is there at that look and at every later one. */
function checkAcknowledged(lines: readonly LedgerLine[]): string[] {
  const findings = new Set<string>();
  const promised: (LineOf<AcknowledgedFact> | LineOf<EffectFact>)[] = [];
  /** By life: how much was promised when its look began. */
  const begun = new Map<number, number>();
  for (const line of lines) {
    if (line.type === 'acknowledged' || line.type === 'effect') promised.push(line);
    if (line.type === 'look') begun.set(line.life, promised.length);
    if (line.type !== 'found' && line.type !== 'ended') continue;
    for (const promise of promised.slice(0, begun.get(line.life))) {
      for (const lost of lostOf(promise, line.state)) findings.add(`lost although acknowledged: ${lost}`);
    }
  }
  return [...findings];
}

function lostOf(promise: AcknowledgedFact | EffectFact, state: StoreState): string[] {
  if (promise.type === 'acknowledged') {
    const { kind, run, name } = promise.request;
    return holds(state, promise.request) ? [] : [`${kind} ${name} of ${run}`];
  }
  const run = state.runs.find(({ id }) => id === promise.run);
  return promise.finished
    .filter((step) => !run?.entries.some((entry) => entry.kind === 'step' && entry.name === step))
    .map((step) => `the finished step ${step} of ${promise.run}`);
}

/** Whether the state shows the request: waiting in the inbox, or journaled. */
function holds(state: StoreState, { kind, run: id, name }: Request): boolean {
  const run = state.runs.find((candidate) => candidate.id === id);
  if (run === undefined) return false;
  if (kind === 'start') return true;
  const entryKind = kind === 'answer' ? 'approval' : kind;
  return (
    run.inbox.some((message) => message.kind === kind && message.name.includes(name)) ||
    run.entries.some((entry) => entry.kind === entryKind && entry.name === name)
  );
}

/** What was refused is not there: a refusal says that nothing was done. */
function checkRefused(lines: readonly LedgerLine[]): string[] {
  return lines.flatMap((line) =>
    line.type === 'refused' && line.isThere
      ? [`half done: ${line.request.kind} ${line.request.name} was refused with ${line.code} and is there`]
      : [],
  );
}

/** I3: no effect of a step, or of a failed attempt, comes after a look at the store that showed it journaled. */
function checkFinishedSteps(lines: readonly LedgerLine[]): string[] {
  const findings: string[] = [];
  const journaled = new Set<string>();
  for (const line of lines) {
    if (line.type === 'found' || line.type === 'ended') remember(line, journaled);
    if (line.type !== 'effect') continue;
    const { run, step, attempt } = line;
    if (journaled.has(`${run}\n${step}`) || journaled.has(`${run}\n${step}\n${attempt}`)) {
      findings.push(`the finished step ${step} of ${run} ran again (attempt ${attempt}, life ${line.life})`);
    }
  }
  return findings;
}

function remember({ state }: FoundFact | EndedFact, journaled: Set<string>): void {
  for (const { id, entries } of state.runs) {
    for (const { kind, name, attempt } of entries) {
      if (kind === 'step') journaled.add(`${id}\n${name}`);
      if (kind === 'attempt') journaled.add(`${id}\n${name}\n${attempt}`);
    }
  }
}

/** An attempt has its effect once; in flight at a disturbance, once more, under the same idempotency key. */
function checkAttempts({ lines, disturbances }: CaseRecord): string[] {
  const findings: string[] = [];
  const keys = new Map<string, string>();
  const counts = new Map<string, number>();
  const lost = lines.filter((line) => line.type === 'trouble' && line.name === 'worker.lost');
  for (const line of lines) {
    if (line.type !== 'effect') continue;
    const { run, step, attempt, life, idempotencyKey } = line;
    const key = keys.get(`${run}\n${step}`) ?? idempotencyKey;
    keys.set(`${run}\n${step}`, key);
    if (key !== idempotencyKey) findings.push(`step ${step} of ${run} changed its idempotency key`);
    const losses = lost.filter((other) => other.life === life).length;
    countWithin(counts, `attempt ${attempt} of step ${step} of ${run} in life ${life}`, 1 + losses, findings);
    const most = 1 + disturbances + lost.length;
    countWithin(counts, `attempt ${attempt} of step ${step} of ${run}`, most, findings);
  }
  return findings;
}

function countWithin(counts: Map<string, number>, what: string, most: number, findings: string[]): void {
  const count = (counts.get(what) ?? 0) + 1;
  counts.set(what, count);
  if (count === most + 1) findings.push(`${what} had more than ${most} effect${most === 1 ? '' : 's'}`);
}

/** Every recorded result comes from an effect, of the life that the result names. */
function checkResults(lines: readonly LedgerLine[], { runs }: StoreState): string[] {
  const effects = new Set<string>();
  for (const line of lines) {
    if (line.type !== 'effect') continue;
    for (const life of [line.life, 'any']) effects.add([line.run, line.step, line.attempt, life].join('\n'));
  }
  return runs.flatMap(({ id, entries }) =>
    entries
      .filter(({ kind }) => kind === 'step' || kind === 'attempt')
      .filter(({ name, attempt, by }) => !effects.has([id, name, attempt, by ?? 'any'].join('\n')))
      .map(({ name }) => `step ${name} of ${id} is recorded without having had its effect`),
  );
}

function checkLeftovers({ runs }: StoreState): string[] {
  return runs
    .filter(isFinished)
    .flatMap(({ id, waits, inbox }) => [
      ...waits.map((wait) => `${id} has finished and still waits: ${wait}`),
      ...inbox.map(({ kind, name }) => `${id} has finished and still has a message: ${kind} ${name}`),
    ]);
}

function isFinished({ state }: RunFacts): boolean {
  return state === 'completed' || state === 'failed' || state === 'canceled';
}
