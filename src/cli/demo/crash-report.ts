/** What `demo crash` shows and checks; pure, so that both can be tested with invented lives. */
import { formatDuration } from '../../base/duration.ts';
import type { EntryView, RunDetail } from '../../app/index.ts';
import type { LedgerLine } from './ledger.ts';

/** One process from its start to its end. Times are milliseconds since the epoch. */
export interface EngineLife {
  readonly pid: number;
  readonly startedAt: number;
  /** When its engine was up. */
  readonly readyAt: number;
  readonly endedAt: number;
  readonly isKilled: boolean;
  /** How the run ended, in the life that saw it. */
  readonly run: RunDetail | undefined;
  readonly history: readonly EntryView[];
}

/** Everything the demo knows when it is over. */
export interface CrashRecord {
  readonly lives: readonly EngineLife[];
  readonly ledger: readonly LedgerLine[];
  /** The step that was killed between its effect and its record. */
  readonly stepKilled: string;
  readonly tenants: readonly { readonly id: string; readonly state: string }[];
  readonly databases: readonly string[];
  readonly mails: readonly string[];
}

/** One claim about the run, and what was found. */
export interface Check {
  readonly claim: string;
  readonly isFine: boolean;
  readonly found: string;
}

/** The timeline of all lives, with the gaps between them. */
export function tellCrash(record: CrashRecord): readonly string[] {
  const history = record.lives.at(-1)?.history ?? [];
  const origin = record.lives[0]?.startedAt ?? 0;
  const time = (at: number): string => `${((at - origin) / 1_000).toFixed(2).padStart(7)} s  `;
  const blank = ' '.repeat(time(origin).length);
  const lines: string[] = [];
  for (const [index, life] of record.lives.entries()) {
    lines.push(`${time(life.startedAt)}▶ engine starts (process ${life.pid})`);
    const replayed = history.filter((entry) => entry.kind === 'step' && entry.at < life.startedAt);
    for (const entry of replayed)
      lines.push(`${blank}  ${entry.name.padEnd(20)} taken from the journal, not run again`);
    lines.push(...tellLife(record, life, history).map(({ at, text }) => `${time(at)}  ${text}`));
    if (!life.isKilled) {
      lines.push(`${time(life.run?.endedAt ?? life.endedAt)}● run ${life.run?.state ?? 'unfinished'}`);
      continue;
    }
    lines.push(`${time(life.endedAt)}✗ SIGKILL (process ${life.pid})`);
    const gap = (record.lives[index + 1]?.readyAt ?? life.endedAt) - life.endedAt;
    lines.push(
      `${blank}┊`,
      `${blank}┊ ${formatDuration(gap)} without an engine: the state is on disk only`,
      `${blank}┊`,
    );
  }
  return lines;
}

function tellLife(
  { ledger, stepKilled }: CrashRecord,
  life: EngineLife,
  history: readonly EntryView[],
): readonly { readonly at: number; readonly text: string }[] {
  const steps = ledger
    .filter((line) => line.pid === life.pid && line.moment === 'begins')
    .map((line) => {
      const entry = history.find((candidate) => candidate.kind === 'step' && candidate.name === line.step);
      const isRecorded = entry !== undefined && entry.at <= life.endedAt;
      const isSecond = ledger.some(
        (earlier) => earlier.step === line.step && earlier.at < line.at && earlier.moment === 'begins',
      );
      const again = isSecond ? ', with the same idempotency key as before' : '';
      const outcome = isRecorded
        ? `ran and was recorded${again}`
        : 'did its work; killed before that was recorded';
      return { at: line.at, text: `${line.step.padEnd(20)} ${outcome}`, isFirst: line.step === stepKilled };
    });
  const isHere = (at: number): boolean => at >= life.startedAt && at <= life.endedAt;
  const waits = history
    .filter((entry) => entry.kind === 'approval' || entry.kind === 'timer')
    .flatMap((entry) => {
      const name = entry.name.padEnd(20);
      const begins = isHere(entry.startedAt) ? [{ at: entry.startedAt, text: `${name} waits` }] : [];
      const ends = isHere(entry.at) ? [{ at: entry.at, text: `${name} over${answeredBy(entry)}` }] : [];
      return [...begins, ...ends];
    });
  return [...steps, ...waits].toSorted((a, b) => a.at - b.at);
}

function answeredBy(entry: EntryView): string {
  const value = entry.value as Readonly<Record<string, unknown>> | null;
  return typeof value?.['by'] === 'string' ? `: answered by ${value['by']}` : '';
}

/** Compares journal, ledger and the effects in the world. */
export function checkCrash(record: CrashRecord): readonly Check[] {
  const last = record.lives.at(-1);
  const history = last?.history ?? [];
  const steps = history.filter((entry) => entry.kind === 'step');
  const begins = record.ledger.filter((line) => line.moment === 'begins');
  const timesRun = (step: string): number => begins.filter((line) => line.step === step).length;
  const finished = steps.filter((entry) => entry.name !== record.stepKilled);
  const repeated = finished.filter((entry) => timesRun(entry.name) !== 1);
  const keys = new Set(
    begins.filter((line) => line.step === record.stepKilled).map((line) => line.idempotencyKey),
  );
  const gaps = history.filter((entry, index) => entry.seq !== index);
  const kills = record.lives.filter((life) => life.isKilled).length;
  const active = record.tenants.filter((tenant) => tenant.state === 'active').length;
  return [
    check('the engine was killed twice', kills === 2, `${kills} kills`),
    check('the run completed', last?.run?.state === 'completed', last?.run?.state ?? 'no run'),
    check(
      'every step is recorded once',
      steps.length === 5 && steps.every(isUnique),
      `${steps.length} of 5 steps`,
    ),
    check('the journal has no gap', gaps.length === 0, `${history.length} entries`),
    check(
      'no finished step ran again',
      repeated.length === 0,
      repeated.map(({ name }) => name).join(', ') || `${finished.length} steps ran once`,
    ),
    check(
      'the killed step ran again, under the same idempotency key',
      timesRun(record.stepKilled) === 2 && keys.size === 1,
      `${record.stepKilled}: ${timesRun(record.stepKilled)} runs, ${keys.size} key`,
    ),
    check(
      'one tenant, active',
      record.tenants.length === 1 && active === 1,
      `${record.tenants.length} rows, ${active} active`,
    ),
    check('one database', record.databases.length === 1, `${record.databases.length} files`),
    check('two mails: welcome and survey', record.mails.length === 2, `${record.mails.length} mails`),
  ];
}

function check(claim: string, isFine: boolean, found: string): Check {
  return { claim, isFine, found };
}

function isUnique(entry: EntryView, _index: number, all: readonly EntryView[]): boolean {
  return all.filter((other) => other.name === entry.name).length === 1 && entry.outcome === 'ok';
}
