import { formatDuration } from '../../base/duration.ts';
import { errorCodes, errorEntry, type ErrorCode } from '../../base/error-codes.ts';
import type { ErrorRecord } from '../../base/error-record.ts';
import type { RunDetail, RunView, WaitView } from '../../app/index.ts';
import type { EventWaitDetail } from '../../engine/index.ts';
import type { Output, Style } from '../output.ts';
import { shellWord } from '../program-name.ts';
import { describeValue } from './describe-value.ts';
import { formatDay, formatInstant, formatRelative } from './format-time.ts';
import { errorIn, Timeline } from './timeline.ts';

/** What a description needs beside the run. */
export interface Surroundings {
  readonly out: Output;
  readonly now: number;
  /** What was typed to name the run; empty when it was just started. */
  readonly asked: string;
  /** A command as it can be typed here. */
  readonly typed: (command: string) => string;
}

/** The run at a glance: state, what it waits for, what happened, what to type. */
export function describeRun(run: RunDetail, around: Surroundings): readonly string[] {
  const { out } = around;
  return [
    ...headLines(run, around),
    ...section(out, 'Waits for', waitLines(run, around)),
    ...section(out, errorHeading(run), run.error === null ? [] : errorLines(run.error, out)),
    ...section(out, 'What happened (times in UTC)', timelineLines(run, around)),
    ...section(
      out,
      'Children',
      run.children.map((child) => ` ${child.id}  ${styledState(child, out)}  ${child.definition}`),
    ),
    ...section(
      out,
      'What to type',
      suggestions(run, around.asked).map((command) => `  ${around.typed(command)}`),
    ),
  ];
}

const stateStyles: Readonly<Record<RunView['state'], Style>> = {
  pending: 'dim',
  running: 'cyan',
  waiting: 'cyan',
  paused: 'yellow',
  completed: 'green',
  failed: 'red',
  canceled: 'yellow',
};

/** The state in its color. */
export function styledState(run: Pick<RunView, 'state'>, out: Output): string {
  return out.style(stateStyles[run.state], run.state);
}

/**
 * The id under which people find this run: the plain one, unless an older generation may be meant.
 *
 * @param asked What they typed to get it.
 */
export function addressOf(run: Pick<RunView, 'id' | 'generation'>, asked = ''): string {
  return run.generation === 1 && !asked.includes('@') ? run.id : exactAddressOf(run);
}

/** The id that means this generation whatever runs are started later. */
export function exactAddressOf(run: Pick<RunView, 'id' | 'generation'>): string {
  return `${run.id}@${run.generation}`;
}

function section(out: Output, heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', out.style('bold', heading), ...lines];
}

function headLines(run: RunDetail, { out, now, asked }: Surroundings): readonly string[] {
  const status = run.status === null ? '' : `  ${run.status}`;
  const lines = [`${out.style('bold', addressOf(run, asked))}  ${styledState(run, out)}${status}`];
  const facts = [`${run.kind} ${run.definition}, version ${run.version}`];
  const startedAt = run.startedAt ?? run.createdAt;
  facts.push(
    `${run.startedAt === null ? 'created' : 'started'} ${formatInstant(startedAt)} (${formatRelative(startedAt, now)})`,
  );
  if (run.endedAt !== null) facts.push(`took ${formatDuration(run.endedAt - startedAt)}`);
  if (run.endedAt === null && run.worker !== null) facts.push(`held by ${run.worker}`);
  if (run.parent !== null) facts.push(`called by ${run.parent}`);
  lines.push(` ${facts.join(' · ')}`);
  lines.push(...causeLines(run));
  if (run.endedAt === null && run.deadlineAt !== null) {
    lines.push(` must end by ${formatInstant(run.deadlineAt)} (${formatRelative(run.deadlineAt, now)})`);
  }
  const width = Math.max(40, Math.min(out.columns, 140) - 10);
  lines.push(` input   ${describeValue(run.input, width)}`);
  if (run.state === 'completed') lines.push(` result  ${describeValue(run.output, width)}`);
  return lines;
}

/** Which event started the run, or led to whoever did. */
function causeLines({ trigger, cause }: RunDetail): readonly string[] {
  const event = trigger?.event;
  if (event !== undefined) {
    const at = `${event.topic}/${event.partition}/${event.offset}`;
    return [` started by event "${event.type}" ${event.id} at ${at}, correlation ${event.correlationId}`];
  }
  const eventId = cause?.eventId ?? null;
  return eventId === null ? [] : [` follows from event ${eventId}, correlation ${cause?.correlationId}`];
}

/** The most characters shown of a pattern. */
const patternWidth = 80;

const waitWords: Readonly<Record<WaitView['kind'], string>> = {
  timer: 'time to pass',
  signal: 'signal',
  event: 'event',
  approval: 'a person to answer',
  child: 'child run',
  retry: 'the next try of',
  step: 'step to finish',
  slot: 'a free slot for',
  code: 'code of',
};

function waitLines(run: RunDetail, { out, now }: Surroundings): readonly string[] {
  const lines = run.waits.map((wait) => {
    const until =
      wait.deadline === null
        ? 'no deadline'
        : `until ${formatInstant(wait.deadline)} (${formatRelative(wait.deadline, now)})`;
    const name = wait.name === '' ? '' : ` "${wait.name}"`;
    const error = wait.kind === 'retry' ? errorIn(wait.detail) : undefined;
    const why =
      error === undefined ? '' : `, after ${out.style('red', error.message.split('\n', 1)[0] ?? '')}`;
    return ` ${out.style('cyan', `${waitWords[wait.kind]}${name}`)}${wantedEvent(wait)} since ${formatRelative(wait.since, now)}, ${until}${why}`;
  });
  if (run.endedAt !== null) return lines;
  if (run.codeMissing)
    lines.push(out.style('yellow', ` a worker that has the code of "${run.definition}": no living one does`));
  if (run.state === 'pending' && lines.length === 0) lines.push(' a worker to take it');
  if (run.inbox > 0)
    lines.push(` (${run.inbox} ${run.inbox === 1 ? 'message lies' : 'messages lie'} in its inbox)`);
  return lines;
}

/** Of a wait for an event: which topic, and which events of it. */
function wantedEvent({ kind, detail }: WaitView): string {
  if (kind !== 'event' || typeof detail !== 'object' || detail === null) return '';
  const { topic, where, cancels } = detail as Partial<EventWaitDetail>;
  const pattern =
    where === null || where === undefined ? '' : ` matching ${describeValue(where, patternWidth)}`;
  return ` of topic "${String(topic)}"${pattern}${cancels === true ? ', to cancel,' : ''}`;
}

function errorHeading(run: RunDetail): string {
  if (run.state === 'paused') return 'Why it is paused';
  return run.state === 'canceled' ? 'Why it was canceled' : 'Why it failed';
}

/** An error, its causes, and the remedy of the first code that has one. */
export function errorLines(error: ErrorRecord, out: Output): readonly string[] {
  const lines: string[] = [];
  let remedy: string | undefined;
  for (let link: ErrorRecord | undefined = error; link !== undefined; link = link.cause) {
    const name = link.code ?? link.type ?? link.name;
    const prefix = lines.length === 0 ? ' ' : ' caused by ';
    lines.push(`${prefix}${out.style('red', name)}: ${link.message.replaceAll('\n', '\n   ')}`);
    if (link.code !== undefined && Object.hasOwn(errorCodes, link.code))
      remedy ??= errorEntry(link.code as ErrorCode).remedy;
  }
  const frame = error.stack
    ?.split('\n')
    .find((line) => /^\s+at .*(?:file:|\/)/.test(line) && !/node:|node_modules/.test(line));
  if (frame !== undefined) lines.push(out.style('dim', `   ${frame.trim()}`));
  if (remedy !== undefined) lines.push(` → ${remedy}`);
  return lines;
}

function timelineLines(run: RunDetail, { out, typed, asked }: Surroundings): readonly string[] {
  const [first] = run.recent;
  if (first === undefined) return [];
  const begin = first.seq === 0 ? (run.startedAt ?? undefined) : undefined;
  const timeline = new Timeline(out, begin, formatDay(run.startedAt ?? first.startedAt));
  const lines = run.recent.flatMap((entry) => timeline.linesOf(entry));
  if (first.seq > 0)
    lines.unshift(
      ` … ${first.seq} earlier entries: ${typed(`runs history ${shellWord(addressOf(run, asked))}`)}`,
    );
  return lines;
}

/** What one would do next with a run in this state. */
export function suggestions(run: RunDetail, asked: string): readonly string[] {
  const id = shellWord(addressOf(run, asked));
  const commands: string[] = [];
  for (const wait of run.waits) {
    if (wait.kind === 'approval')
      commands.push(`approvals show ${id}`, `approvals answer ${id} ${answerHint(wait)} --by <name>`);
    if (wait.kind === 'signal') commands.push(`signal ${id} ${shellWord(wait.name)} '<json>'`);
  }
  if (run.state === 'paused') commands.push(`runs resume ${id}`);
  if (run.state === 'failed' || run.state === 'canceled') commands.push(`runs retry ${id}`);
  if (run.endedAt === null) commands.push(`runs watch ${id}`, `runs cancel ${id}`);
  else commands.push(`runs history ${id}`);
  return commands;
}

function answerHint(wait: WaitView): string {
  const form =
    typeof wait.detail === 'object' && wait.detail !== null && 'form' in wait.detail
      ? wait.detail.form
      : undefined;
  return hasApprovedField(form) ? '--approve' : "'<json>'";
}

/** Whether a form, as JSON Schema, asks for a boolean named `approved`. */
export function hasApprovedField(form: unknown): boolean {
  if (typeof form !== 'object' || form === null || !('properties' in form)) return false;
  const { properties } = form;
  if (typeof properties !== 'object' || properties === null || !('approved' in properties)) return false;
  const { approved } = properties;
  return (
    typeof approved === 'object' && approved !== null && 'type' in approved && approved.type === 'boolean'
  );
}
