import type { EntryView, RunDetail } from '../../../app/index.ts';
import type { CommandSpec, Invocation } from '../../command.ts';
import type { Connection } from '../../connect.ts';
import { exitCodeOfRun } from '../../exit-codes.ts';
import { compact } from '../../output.ts';
import { addressOf, errorLines, exactAddressOf, styledState, suggestions } from '../../show/describe-run.ts';
import { describeValue } from '../../show/describe-value.ts';
import { formatDay } from '../../show/format-time.ts';
import { pause } from '../../show/pause.ts';
import { runArgument } from '../../show/run-argument.ts';
import { Timeline } from '../../show/timeline.ts';

/** `tutti runs watch <run>` */
export const command: CommandSpec = {
  summary: 'Follow a run until it has ended or is paused; the exit code is its outcome.',
  args: [runArgument],
  examples: [
    { command: 'runs watch latest', does: 'see what the newest run does' },
    { command: 'runs watch order-7 -o jsonl', does: 'journal entries as they come, then the run' },
  ],
  data: 'jsonl: EntryView per line, then RunDetail; json: RunDetail at the end',
  async run(invocation) {
    const { args, out } = invocation;
    const connection = await invocation.connect({});
    const first = await connection.client.showRun(args.required('run'));
    if (!connection.isLive)
      out.note('No engine is running here; this shows what other processes write to the store.');
    out.note(`${addressOf(first)}  ${first.definition}  ${first.state}`);
    const ended = await follow(invocation, connection, first);
    if (ended === undefined) return 0;
    if (out.form === 'json') out.object(ended, () => []);
    else if (out.form === 'jsonl') out.line(compact(ended));
    else for (const line of endLines(ended, invocation)) out.line(line);
    return exitCodeOfRun(ended);
  },
};

/** The run when it has ended or is paused; undefined when the user stopped watching. */
async function follow(
  { out, clock, stopSignal }: Invocation,
  { client }: Connection,
  first: RunDetail,
): Promise<RunDetail | undefined> {
  // The exact generation: `latest` may become another run while we watch.
  const timeline = new Timeline(
    out,
    first.startedAt ?? undefined,
    formatDay(first.startedAt ?? first.createdAt),
  );
  const id = exactAddressOf(first);
  let from = 0;
  while (!stopSignal.aborted) {
    // The run before its entries: what is final now has all its entries on disk already.
    const run = await client.showRun(id);
    for (;;) {
      const entries = await client.readHistory(id, { from });
      for (const entry of entries) showEntry(entry, out, timeline);
      from += entries.length;
      if (entries.length === 0) break;
    }
    if (run.endedAt !== null || run.state === 'paused') return run;
    out.progress(describeNow(run));
    await pause(clock, stopSignal);
  }
  return undefined;
}

function showEntry(entry: EntryView, out: Invocation['out'], timeline: Timeline): void {
  out.progress('');
  if (out.form === 'jsonl') out.line(compact(entry));
  else if (out.form === 'table') for (const line of timeline.linesOf(entry)) out.line(line);
}

function describeNow(run: RunDetail): string {
  const [wait] = run.waits;
  return [run.state, wait === undefined ? '' : `for ${wait.kind} "${wait.name}"`, run.status ?? '']
    .join(' ')
    .trim();
}

function endLines(run: RunDetail, { args, out, typed }: Invocation): readonly string[] {
  const result = run.state === 'completed' ? [` result  ${describeValue(run.output, 200)}`] : [];
  const [next] = suggestions(run, args.required('run'));
  return [
    `${addressOf(run)}  ${styledState(run, out)}`,
    ...result,
    ...(run.error === null ? [] : errorLines(run.error, out)),
    ...(next === undefined || run.state === 'completed' ? [] : [`Next: ${typed(next)}`]),
  ];
}
