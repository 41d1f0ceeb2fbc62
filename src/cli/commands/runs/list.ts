import { formatDuration } from '../../../base/duration.ts';
import { nearestName } from '../../../base/nearest.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { RunQuery, RunView } from '../../../app/index.ts';
import { runStates, type RunState } from '../../../engine/index.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import type { Output } from '../../output.ts';
import { shellWord } from '../../program-name.ts';
import { readInteger } from '../../read-input.ts';
import { addressOf, styledState } from '../../show/describe-run.ts';
import { formatRelative } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

const limitDefault = 50;

/** `tutti runs list` */
export const command: CommandSpec = {
  summary: 'List runs, newest first.',
  options: [
    { flags: '-s, --state <states...>', summary: `Only these states: ${runStates.join(', ')}.` },
    { flags: '-d, --definition <name>', summary: 'Only runs of this definition.' },
    { flags: '--prefix <text>', summary: 'Only runs whose id begins with this.' },
    { flags: '--limit <count>', summary: `At most this many, up to 1000. Default ${limitDefault}.` },
    { flags: '--after <id>', summary: 'Continue after this run: the last of the page before.' },
  ],
  examples: [
    { command: 'runs list --state failed paused', does: 'what needs a person' },
    { command: 'runs list -d onboarding -o jsonl', does: 'one JSON object per line' },
  ],
  data: 'RunView[]',
  async run({ args, out, clock, connect, typed }) {
    const query = readQuery(args);
    const { client } = await connect({});
    const runs = await client.listRuns(query);
    out.list(runs, () => tableLines(out, headings, rowsOf(runs, out, clock.now())));
    if (runs.length === 0) out.note('No runs.');
    const last = runs.at(-1);
    if (last !== undefined && runs.length === query.limit) {
      out.note(`There may be more: ${typed(`runs list --after ${shellWord(last.id)}`)}`);
    }
    return 0;
  },
};

const headings = ['RUN', 'STATE', 'DEFINITION', 'STARTED', 'TOOK', 'STATUS'];

function rowsOf(runs: readonly RunView[], out: Output, now: number): readonly (readonly string[])[] {
  return runs.map((run) => {
    const startedAt = run.startedAt ?? run.createdAt;
    const took = (run.endedAt ?? now) - startedAt;
    return [
      addressOf(run),
      styledState(run, out),
      run.definition,
      formatRelative(startedAt, now),
      run.startedAt === null ? '' : formatDuration(Math.max(0, took)),
      run.status ?? '',
    ];
  });
}

function readQuery(args: Arguments): RunQuery & { readonly limit: number } {
  const states = args
    .texts('state')
    .flatMap((text) => text.split(','))
    .map(readState);
  const definition = args.text('definition');
  const idPrefix = args.text('prefix');
  const after = args.text('after');
  return {
    limit: readInteger(args, 'limit', 1, 1_000) ?? limitDefault,
    ...(states.length === 0 ? {} : { states }),
    ...(definition === undefined ? {} : { definition }),
    ...(idPrefix === undefined ? {} : { idPrefix }),
    ...(after === undefined ? {} : { after }),
  };
}

function readState(text: string): RunState {
  const state = runStates.find((known) => known === text);
  if (state !== undefined) return state;
  const nearest = nearestName(text, runStates);
  const hint =
    nearest === undefined ? `expected one of ${runStates.join(', ')}` : `did you mean '${nearest}'?`;
  throw new TuttiError('TUTTI_OPTION_INVALID', `Option --state is '${text}'; ${hint}`);
}
