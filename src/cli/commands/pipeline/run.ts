import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { exitCodeOfRun } from '../../exit-codes.ts';
import { shellWord } from '../../program-name.ts';
import { readInput } from '../../read-input.ts';
import { addressOf, exactAddressOf, styledState } from '../../show/describe-run.ts';
import { pipelineSuggestions } from '../../show/describe-pipeline.ts';
import { describeTasks, followTasks } from '../../show/follow-tasks.ts';

/** `tutti pipeline run <name> [input]` */
export const command: CommandSpec = {
  summary: 'Start a run of a pipeline, and with --watch follow its tasks until it has ended.',
  args: [
    { name: 'name', summary: 'Name of the pipeline.' },
    { name: 'input', summary: 'Its input as JSON. Default: none.', required: false },
  ],
  options: [
    { flags: '-w, --watch', summary: 'Follow it until it has ended; the exit code is its outcome.' },
    { flags: '--id <id>', summary: 'Id of the run. Default: a new one.' },
    { flags: '--input-file <path>', summary: 'Read the input from a file; - is stdin.' },
  ],
  examples: [
    {
      command: `pipeline run daily-sales '{"day": "2024-01-31"}' --watch`,
      does: 'start it and see its tasks',
    },
  ],
  data: 'RunView; with --watch TasksView',
  async run(invocation) {
    const { args, out, typed } = invocation;
    const isWatching = args.flag('watch') === true;
    const id = args.text('id');
    const input = await readInput(args, 'input');
    const { client, isLive } = await invocation.connect({ writes: true, definitions: true });
    // Refuses a definition that is no pipeline before anything is started.
    await client.showGraph(args.required('name'));
    if (isWatching && !isLive) {
      throw new TuttiError(
        'TUTTI_ENGINE_UNREACHABLE',
        'Watching needs an engine that executes the run, and none is running here; nothing was started.',
      );
    }
    const run = await client.startRun(args.required('name'), input, id === undefined ? {} : { id });
    if (!isWatching) {
      out.object(run, () => [`${addressOf(run)}  ${styledState(run, out)}  ${run.definition}`]);
      out.note(`Next: ${typed(`pipeline show ${shellWord(addressOf(run))} --watch`)}`);
      return 0;
    }
    const view = await followTasks(invocation, client, exactAddressOf(run));
    out.object(view, () => describeTasks(view, out));
    for (const next of pipelineSuggestions(view, shellWord(addressOf(view.run))))
      out.note(`Next: ${typed(next)}`);
    return exitCodeOfRun(view.run);
  },
};
