import type { LogQuery, LogView } from '../../../app/index.ts';
import type { CommandSpec, Invocation } from '../../command.ts';
import { exactAddressOf } from '../../show/describe-run.ts';
import { formatClockTime } from '../../show/format-time.ts';
import { pause } from '../../show/pause.ts';
import { runArgument } from '../../show/run-argument.ts';

const pageLines = 1_000;

/** `tutti runs logs <run>` */
export const command: CommandSpec = {
  summary: 'Read what a run and its steps wrote with `ctx.log`.',
  args: [runArgument],
  options: [
    { flags: '--follow', summary: 'Go on with new lines until the run has ended or is paused.' },
    { flags: '--step <name>', summary: 'Only lines of this step.' },
  ],
  examples: [
    { command: 'runs logs latest', does: 'everything the newest run wrote' },
    { command: "runs logs order-7 --follow --step 'charge card'", does: 'one step, as it writes' },
  ],
  data: 'LogView[]',
  async run(invocation) {
    const { args, out, clock, stopSignal } = invocation;
    const { client } = await invocation.connect({});
    const id = exactAddressOf(await client.showRun(args.required('run')));
    const step = args.text('step');
    const gathered: LogView[] = [];
    for (let after = 0; ;) {
      // The run before its lines: those of a run that has ended are on disk already.
      const run = await client.showRun(id);
      const isAtRest = run.endedAt !== null || run.state === 'paused';
      for (;;) {
        const query: LogQuery = { after, limit: pageLines, ...(step === undefined ? {} : { step }) };
        const lines = await client.readLogs(id, query);
        show(lines, invocation, gathered);
        after = lines.at(-1)?.seq ?? after;
        if (lines.length < pageLines) break;
      }
      if (isAtRest || !args.flag('follow') || stopSignal.aborted) break;
      await pause(clock, stopSignal);
    }
    // A log may be long: only one JSON document must be gathered before it is written.
    if (out.form === 'json') out.list(gathered, () => []);
    return 0;
  },
};

function show(lines: readonly LogView[], { out }: Invocation, gathered: LogView[]): void {
  if (out.form === 'json') gathered.push(...lines);
  else out.list(lines, () => lines.map((line) => describeLine(line, out)));
}

function describeLine(line: LogView, out: Invocation['out']): string {
  const { at, level, step, attempt, text } = line;
  const from = step === null ? '' : `${step}${attempt > 1 ? ` (attempt ${attempt})` : ''}: `;
  const isBad = level === 'error' || level === 'stderr';
  const shown = isBad ? out.style('red', level.padEnd(6)) : level.padEnd(6);
  return ` ${out.style('dim', formatClockTime(at))} ${shown} ${out.style('cyan', from)}${text}`;
}
