import type { BackfillDateView } from '../../app/index.ts';
import { formatDuration } from '../../base/duration.ts';
import type { DataInterval } from '../../engine/index.ts';
import type { BackfillPart, BackfillRecord, ScheduleView } from '../../schedules/index.ts';
import type { Output } from '../output.ts';
import { formatDay, formatInstant, formatRelative } from './format-time.ts';

/** The lines of `schedules show`. */
export function describeSchedule(schedule: ScheduleView, out: Output, now: number): readonly string[] {
  const { catchUp, whenBusy, concurrency, jitterMs, next, last, open } = schedule;
  return [
    `${out.style('bold', schedule.id)}  ${stateOf(schedule, out)}`,
    ` runs     ${schedule.definition}, ${schedule.family === 'interval' ? 'about the interval that ended' : 'about the tick'}`,
    ` ticks    ${schedule.timetable}`,
    ...boundsOf(schedule),
    ` missed   catch up ${catchUp}`,
    ` busy     ${whenBusy}${whenBusy === 'start' ? '' : ` beyond ${concurrency} at a time`}`,
    ...(jitterMs === 0 ? [] : [` jitter   up to ${formatDuration(jitterMs)}`]),
    ...(next === null
      ? []
      : [
          ` next     ${formatInstant(next.at)}, ${formatRelative(next.at, now)}; about ${formatInterval(next.interval)}`,
        ]),
    ...(schedule.heldFrom === null
      ? []
      : [` waits    the tick of ${formatInstant(schedule.heldFrom)} waits for ${open.join(', ')}`]),
    ...(last === null ? [] : [` last     ${describeDecision(last)}`]),
  ];
}

/** Whether it fires, in a word. */
export function stateOf(schedule: ScheduleView, out: Output): string {
  if (schedule.pausedAt !== null) return out.style('yellow', `paused: ${schedule.pauseReason ?? ''}`);
  if (schedule.next === null) return out.style('dim', 'over');
  return schedule.heldFrom === null ? out.style('green', 'active') : out.style('cyan', 'queued');
}

/** What a schedule decided last, in a line. */
function describeDecision(last: NonNullable<ScheduleView['last']>): string {
  const span =
    last.from === last.to
      ? formatInstant(last.to)
      : `${formatInstant(last.from)} to ${formatInstant(last.to)}`;
  const run = last.run === null ? '' : ` as ${last.run}`;
  const reason = last.reason === null ? '' : `: ${last.reason}`;
  return `${last.outcome} ${span}${run}${reason}, decided ${formatInstant(last.at)}`;
}

/** `2026-01-01 00:00:00Z to 2026-01-02 00:00:00Z`, or one instant. */
export function formatInterval({ start, end }: DataInterval): string {
  return start === end ? formatInstant(start) : `${formatInstant(start)} to ${formatInstant(end)}`;
}

/** The lines of a backfill without its dates. */
export function describeBackfill(backfill: BackfillRecord, out: Output): readonly string[] {
  const { from, to, planned, skipped, ended, open } = backfill;
  const done = ended.completed + ended.failed + ended.canceled;
  return [
    `${out.style('bold', backfill.id)}  ${styledBackfill(backfill, out)}`,
    ` fills    ${backfill.schedule}${from === null || to === null ? ' by partitions' : ` from ${formatInstant(from)} to ${formatInstant(to)}`}`,
    ` rules    reprocess ${backfill.reprocess}, ${backfill.concurrency} at a time${backfill.reverse ? ', latest first' : ''}`,
    ` dates    ${planned} to run, ${skipped} skipped`,
    ` runs     ${done} of ${planned} ended: ${ended.completed} completed, ${ended.failed} failed, ${ended.canceled} canceled; ${open.length} under way`,
    ...(backfill.reason === null ? [] : [` reason   ${backfill.reason}`]),
  ];
}

/** The state of a backfill, in its color. */
export function styledBackfill(backfill: BackfillRecord, out: Output): string {
  const colors = { running: 'cyan', paused: 'yellow', canceled: 'red', completed: 'green' } as const;
  return out.style(colors[backfill.state], backfill.state);
}

/** The range of a backfill: its days, both ends included. */
export function formatRange({ from, to }: BackfillRecord): string {
  return from === null || to === null ? 'partitions' : `${formatDay(from)} to ${formatDay(to - 1)}`;
}

/** What one run of a backfill is about. */
export function formatPart({ partition, logicalAt }: BackfillPart): string {
  return partition ?? (logicalAt === null ? '' : formatInstant(logicalAt));
}

/** A row of a backfill's dates. */
export function dateRow(date: BackfillDateView): readonly string[] {
  const what = date.skipped === null ? (date.state ?? 'pruned') : `skipped: ${date.skipped}`;
  return [formatPart(date), what, date.run];
}

function boundsOf({ from, until }: ScheduleView): readonly string[] {
  if (from === null && until === null) return [];
  const begin = from === null ? '' : ` from ${formatInstant(from)}`;
  return [` bounds  ${begin}${until === null ? '' : ` until ${formatInstant(until)}`}`];
}
