import { formatDuration } from '../../base/duration.ts';
import type { EntryView } from '../../app/index.ts';
import type { ErrorRecord } from '../../base/error-record.ts';
import type { Output } from '../output.ts';
import { describeValue } from './describe-value.ts';
import { formatClockTime, formatDay } from './format-time.ts';

/** A silence in the journal shorter than this is not worth a line. */
const gapMinMs = 1_000;

const words: Readonly<Record<EntryView['kind'], string>> = {
  step: 'step',
  attempt: 'attempt',
  timer: 'slept',
  signal: 'signal',
  event: 'event',
  approval: 'answer',
  child: 'child',
  start: 'started',
  slot: 'slot',
  release: 'release',
  send: 'sent',
  publish: 'publish',
  record: 'noted',
  cancel: 'cancel',
};

/** Writes journal entries one by one, with the silences between them. */
export class Timeline {
  readonly #out: Output;
  /** Until when the journal accounts for the time. */
  #accountedUntil: number | undefined;
  #day: string;

  /** @param since When the run started, or undefined when the first entry shown is not the run's first. */
  constructor(out: Output, since: number | undefined, day: string) {
    this.#out = out;
    this.#accountedUntil = since;
    this.#day = day;
  }

  /** The lines of one entry: the silence or the new day before it, then what happened. */
  linesOf(entry: EntryView): readonly string[] {
    const lines = this.#linesBefore(entry);
    const { mark, style } = markOf(entry);
    const took = formatDuration(Math.max(0, entry.at - entry.startedAt));
    const scope = entry.scope === '' ? '' : `${entry.scope} › `;
    const name = `${scope}${entry.name}${entry.occurrence === 0 ? '' : ` #${entry.occurrence + 1}`}`;
    const what = `${words[entry.kind].padEnd(8)} ${name}`;
    lines.push(
      [
        ` ${this.#out.style('dim', formatClockTime(entry.at))} ${this.#out.style(style, mark)}`,
        `${what.padEnd(40)} ${this.#out.style('dim', took.padStart(8))}  ${this.#detailOf(entry)}`.trimEnd(),
      ].join(' '),
    );
    this.#accountedUntil = Math.max(
      entry.at,
      entry.kind === 'attempt' ? nextTryIn(entry.value) : 0,
      this.#accountedUntil ?? 0,
    );
    return lines;
  }

  #linesBefore(entry: EntryView): string[] {
    const lines: string[] = [];
    const day = formatDay(entry.at);
    const silenceMs = this.#accountedUntil === undefined ? 0 : entry.startedAt - this.#accountedUntil;
    if (silenceMs >= gapMinMs) {
      lines.push(
        this.#out.style(
          'yellow',
          ` ············ · ${formatDuration(silenceMs)} in which nothing was recorded`,
        ),
      );
    }
    if (day !== this.#day) lines.push(this.#out.style('dim', ` ${day}`));
    this.#day = day;
    return lines;
  }

  #detailOf(entry: EntryView): string {
    const attempt = entry.attempt > 1 || entry.kind === 'attempt' ? `attempt ${entry.attempt}` : '';
    const result = describeOutcome(entry, Math.max(20, Math.min(this.#out.columns, 140) - 70));
    return [attempt, result].filter((text) => text !== '').join(': ');
  }
}

function markOf(entry: EntryView): { mark: string; style: 'green' | 'red' | 'yellow' } {
  if (entry.kind === 'attempt') return { mark: '↻', style: 'yellow' };
  if (entry.kind === 'cancel') return { mark: '■', style: 'yellow' };
  switch (entry.outcome) {
    case 'ok':
      return { mark: '✓', style: 'green' };
    case 'error':
      return { mark: '✗', style: 'red' };
    default:
      return { mark: '■', style: 'yellow' };
  }
}

function describeOutcome(entry: EntryView, charactersMax: number): string {
  if (entry.outcome === 'timeout') return 'timed out';
  if (entry.outcome === 'canceled') return 'canceled';
  if (entry.outcome === 'error' || entry.kind === 'attempt')
    return describeFailure(entry.value, charactersMax);
  const isSilent = entry.kind === 'timer' || entry.value === undefined || entry.value === null;
  return isSilent ? '' : describeValue(entry.value, charactersMax);
}

/** The value of a failed attempt is the error itself, its record, or a record that holds it beside the time of the next try. */
function describeFailure(value: unknown, charactersMax: number): string {
  const error = errorIn(value);
  if (error === undefined) return describeValue(value, charactersMax);
  const code = error.code === undefined || error.message.includes(error.code) ? '' : `${error.code}: `;
  return `${code}${error.message}`.split('\n', 1)[0]?.slice(0, charactersMax) ?? '';
}

/** When a failed attempt said it would be tried again: the pause until then is no silence. */
function nextTryIn(value: unknown): number {
  return typeof value === 'object' && value !== null && 'nextAt' in value && typeof value.nextAt === 'number'
    ? value.nextAt
    : 0;
}

/** The error in an entry's value, if there is one. */
export function errorIn(value: unknown): Pick<ErrorRecord, 'message' | 'code'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('message' in value && typeof value.message === 'string') return value as ErrorRecord;
  return 'error' in value ? errorIn(value.error) : undefined;
}
