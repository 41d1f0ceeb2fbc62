import { parseDuration, type Duration } from '../../base/duration.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { StartOptions } from '../../app/index.ts';
import type { IdConflict } from '../../engine/index.ts';
import type { Arguments, CommandSpec, Invocation } from '../command.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { shellWord } from '../program-name.ts';
import { readCancelingEvent } from '../read-canceling-event.ts';
import { readInput } from '../read-input.ts';
import { addressOf, describeRun, exactAddressOf, styledState } from '../show/describe-run.ts';
import { waitForEnd } from '../show/wait-for-end.ts';

const idConflicts: readonly IdConflict[] = ['refuse', 'attach', 'restart', 'restartFailed'];

/** `tutti run <definition> [input]` */
export const command: CommandSpec = {
  summary: 'Start a run, and with --wait stay until it has ended.',
  description:
    'The run is on disk when the command answers. With --wait the exit code is the outcome of the run: ' +
    '0 completed, 5 failed, 6 canceled or timed out, 4 paused.',
  args: [
    { name: 'definition', summary: 'Name of the workflow.' },
    { name: 'input', summary: 'Its input as JSON. Default: none.', required: false },
  ],
  options: [
    { flags: '-w, --wait', summary: 'Wait until the run has ended or is paused.' },
    {
      flags: '--wait-timeout <duration>',
      summary: 'Wait no longer than this, then exit with 6; the run goes on.',
    },
    { flags: '--id <id>', summary: 'Id of the run. Default: a new one.' },
    {
      flags: '--on-conflict <policy>',
      summary: 'What to do when a run has this id. Default refuse.',
      values: idConflicts,
    },
    { flags: '--timeout <duration>', summary: "How long the run may take. Default: the definition's." },
    {
      flags: '--cancel-on <event...>',
      summary: 'An event that cancels the run: topic/type, or topic/type=pattern. Default: none.',
    },
    { flags: '--input-file <path>', summary: 'Read the input from a file; - is stdin.' },
  ],
  examples: [
    { command: `run greet '"Ada"' --wait`, does: 'start and wait for the result' },
    {
      command: `run ship '{"order": "o1"}' --cancel-on 'orders/canceled={"data": {"order": ["o1"]}}'`,
      does: 'canceled as soon as its order is',
    },
    { command: 'run order --input-file order.json --id order-7', does: 'input from a file, id of your own' },
  ],
  data: 'RunView; with --wait RunDetail',
  async run(invocation) {
    const { args, out } = invocation;
    const input = await readInput(args, 'input');
    const options = startOptions(args);
    const isWaiting = args.flag('wait') === true || args.text('waitTimeout') !== undefined;
    const connection = await invocation.connect({ writes: true, definitions: true });
    if (isWaiting && !connection.isLive) {
      throw new TuttiError(
        'TUTTI_ENGINE_UNREACHABLE',
        'Waiting needs an engine that executes the run, and none is running here; nothing was started.',
      );
    }
    const run = await connection.client.startRun(args.required('definition'), input, options);
    if (!isWaiting) {
      out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}  ${run.definition}`]);
      out.note(`Next: ${invocation.typed(`runs show ${shellWord(addressOf(run))}`)}`);
      return 0;
    }
    out.note(`Started ${addressOf(run)}; waiting for its end.`);
    return waitAndShow(invocation, connection, exactAddressOf(run));
  },
};

async function waitAndShow(
  invocation: Invocation,
  connection: Awaited<ReturnType<Invocation['connect']>>,
  id: string,
): Promise<number> {
  const { args, out, clock } = invocation;
  const timeout = args.text('waitTimeout');
  const ended = await waitForEnd(connection, id, {
    stop: invocation.stopSignal,
    onPart: (run) => out.progress(`${run.state}${run.status === null ? '' : `: ${run.status}`}`),
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout as Duration, '--wait-timeout') }),
  });
  out.progress('');
  out.object(ended, () => describeRun(ended, { out, now: clock.now(), typed: invocation.typed, asked: '' }));
  return exitCodeOfRun(ended);
}

function startOptions(args: Arguments): StartOptions {
  const id = args.text('id');
  const onConflict = args.text('onConflict');
  const timeout = args.text('timeout');
  const cancelOn = args.texts('cancelOn').map(readCancelingEvent);
  return {
    ...(id === undefined ? {} : { id }),
    ...(onConflict === undefined ? {} : { onConflict: onConflict as IdConflict }),
    ...(timeout === undefined ? {} : { timeoutMs: parseDuration(timeout as Duration, '--timeout') }),
    ...(cancelOn.length === 0 ? {} : { cancelOn }),
  };
}
