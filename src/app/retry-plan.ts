import { operationKey, type Engine, type JournalEntry, type RunRecord } from '../engine/index.ts';
import { instanceOf, isPipelineDefinition, planClear, type PipelineDefinition } from '../pipelines/index.ts';
import { readAllEntries } from './journal-pages.ts';

/**
 * Which entries a retry leaves out of the copied journal: what made the run fail, and the failed attempts of every step that
 * has to be done again, so that its retry policy begins anew. Null when compensations have run: what was undone must be done
 * again, so the retry begins at the beginning.
 *
 * What else must go cannot be read from the journal alone: entries behind a failure may be its consequence (a fallback) or have
 * nothing to do with it (a parallel branch). So the most generous proposal comes first, and the code itself, replayed over each
 * without effects, decides. Where the code is not at hand the last proposal is taken, which fits whatever the code does.
 */
export async function planRetry(engine: Engine, run: RunRecord): Promise<readonly number[] | null> {
  const journal: JournalEntry[] = [];
  for await (const entry of readAllEntries(engine.store, run.number)) journal.push(entry);
  const definition = engine.findDefinition(run.definition);
  if (definition !== undefined && isPipelineDefinition(definition))
    return planPipelineRetry(definition, journal);
  if (journal.some(isCompensation)) return null;
  const proposals = propose(journal);
  for (const drop of proposals.slice(0, -1)) if (await engine.fits(run.number, drop)) return drop;
  return proposals.at(-1) ?? [];
}

/** The graph says what hangs on what failed, so nothing has to be tried out. */
function planPipelineRetry(
  definition: PipelineDefinition,
  journal: readonly JournalEntry[],
): readonly number[] {
  const failed = journal
    .filter((entry) => entry.kind !== 'attempt' && entry.outcome !== 'ok')
    .map(instanceOf);
  const selectors = [...new Set(failed.filter((id) => id !== null))];
  return planClear(definition.pipeline, journal, selectors).drop;
}

/**
 * What begins so soon after a failure may have been issued beside it: bodies of one moment begin one after the other, and a clock
 * in milliseconds may tick between them. Where the code did go on from the failure, its replay shows it. Milliseconds.
 */
const besideMs = 10;

/** Positions to leave out, the most generous proposal first, the one that always fits last. Pure. */
function propose(journal: readonly JournalEntry[]): readonly (readonly number[])[] {
  const failures = causes(journal);
  const first = failures[0];
  // Without a cause the code itself threw, or time ran out: everything recorded stays, and the new code goes on from there.
  if (first === undefined) return [withAttempts(journal, new Set())];
  const from = (seq: number): ReadonlySet<number> =>
    new Set(journal.filter((entry) => entry.seq >= seq).map((entry) => entry.seq));
  const last = failures.at(-1) ?? first;
  return [
    withAttempts(journal, new Set(failures)),
    withAttempts(journal, new Set([last])),
    withAttempts(journal, from(last)),
    withAttempts(journal, from(first)),
  ];
}

/**
 * Positions of what can have ended the run. A cancellation: it and every outcome that is not a success behind it. Else the
 * failures behind which nothing was begun any more: the code did not go on from them.
 */
function causes(journal: readonly JournalEntry[]): readonly number[] {
  const canceledAt = journal.findIndex((entry) => entry.kind === 'cancel');
  const failed = journal.filter((entry) => entry.kind !== 'attempt' && entry.outcome !== 'ok');
  if (canceledAt >= 0) return failed.filter((entry) => entry.seq >= canceledAt).map((entry) => entry.seq);
  const lastBegin = journal.reduce((latest, entry) => Math.max(latest, entry.startedAt), 0);
  const unanswered = failed.filter((entry) => entry.at >= lastBegin - besideMs);
  const steps = unanswered.filter((entry) => entry.kind === 'step');
  return (steps.length > 0 ? steps : unanswered).map((entry) => entry.seq);
}

/** The positions, and those of all attempts of steps that thereby have no recorded end. */
function withAttempts(journal: readonly JournalEntry[], drop: ReadonlySet<number>): readonly number[] {
  const ended = new Set(
    journal.filter((entry) => entry.kind === 'step' && !drop.has(entry.seq)).map(stepKeyOf),
  );
  return journal
    .filter((entry) => drop.has(entry.seq) || (entry.kind === 'attempt' && !ended.has(stepKeyOf(entry))))
    .map((entry) => entry.seq);
}

function stepKeyOf({ scope, name, occurrence }: JournalEntry): string {
  return operationKey(scope, 'step', name, occurrence);
}

function isCompensation(entry: JournalEntry): boolean {
  return entry.kind === 'step' && entry.name.startsWith('compensate ');
}
