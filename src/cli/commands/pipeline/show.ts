import { writeFileSync } from 'node:fs';
import type { Client } from '../../../app/index.ts';
import { isTuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { exitCodeOfRun } from '../../exit-codes.ts';
import { shellWord } from '../../program-name.ts';
import { addressOf } from '../../show/describe-run.ts';
import { pipelineSuggestions } from '../../show/describe-pipeline.ts';
import { describeTasks, followTasks } from '../../show/follow-tasks.ts';
import { graphSvg } from '../../show/graph-svg.ts';

/** `tutti pipeline show <run>` */
export const command: CommandSpec = {
  summary: 'Draw a pipeline run: which tasks are done, run, wait, failed, and what to type.',
  args: [
    {
      name: 'run',
      summary:
        'Id of the run, a unique beginning of it, id@generation, latest, or the name of a pipeline for its newest run.',
    },
  ],
  options: [
    { flags: '-w, --watch', summary: 'Follow it until it has ended; the exit code is its outcome.' },
    { flags: '--svg <path>', summary: 'Write the drawing to a file as SVG.' },
  ],
  examples: [
    { command: 'pipeline show latest', does: 'the newest run' },
    { command: 'pipeline show daily-sales --watch', does: 'follow the newest run of a pipeline' },
    { command: 'pipeline show latest --svg run.svg', does: 'the drawing as a file' },
  ],
  data: 'TasksView',
  async run(invocation) {
    const { args, out, connect, typed } = invocation;
    const { client } = await connect({ definitions: true });
    const address = await addressIn(client, args.required('run'));
    const view =
      args.flag('watch') === true
        ? await followTasks(invocation, client, address)
        : await client.showTasks(address);
    const svg = args.text('svg');
    if (svg !== undefined) writeFileSync(svg, graphSvg(view.graph, view.tasks));
    out.object(view, () => describeTasks(view, out));
    if (out.form === 'table') {
      for (const suggestion of pipelineSuggestions(view, shellWord(addressOf(view.run))))
        out.note(`Next: ${typed(suggestion)}`);
    }
    return args.flag('watch') === true && view.run.endedAt !== null ? exitCodeOfRun(view.run) : 0;
  },
};

/** A run's address as it is, or the newest run of the pipeline of that name. */
async function addressIn(client: Client, asked: string): Promise<string> {
  try {
    await client.showRun(asked);
    return asked;
  } catch (error) {
    if (!isTuttiError(error) || error.code !== 'TUTTI_RUN_NOT_FOUND') throw error;
    const [newest] = await client.listRuns({ definition: asked, limit: 1 });
    if (newest === undefined) throw error;
    return `${newest.id}@${newest.generation}`;
  }
}
