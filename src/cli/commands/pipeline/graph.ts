import { writeFileSync } from 'node:fs';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { describeGraphLines } from '../../show/describe-pipeline.ts';
import { graphSvg } from '../../show/graph-svg.ts';

/** `tutti pipeline graph <name>` */
export const command: CommandSpec = {
  summary: 'Draw the graph of a pipeline.',
  args: [{ name: 'name', summary: 'Name of the pipeline.' }],
  options: [{ flags: '--svg <path>', summary: 'Write the drawing to a file as SVG.' }],
  examples: [
    { command: 'pipeline graph daily-sales', does: 'in the terminal' },
    { command: 'pipeline graph daily-sales --svg graph.svg', does: 'as a file' },
  ],
  data: 'GraphView',
  async run({ args, out, connect, typed }) {
    const { client } = await connect({ definitions: true });
    const view = await client.showGraph(args.required('name'));
    const svg = args.text('svg');
    if (svg !== undefined) writeFileSync(svg, graphSvg(view, null));
    out.object(view, () => [
      `${out.style('bold', view.pipeline)}  version ${view.version}${view.owner === null ? '' : `  owner ${view.owner}`}`,
      ...(view.doc === null ? [] : [` ${view.doc}`]),
      '',
      ...describeGraphLines(view, out),
    ]);
    out.note(`Run it: ${typed(`pipeline run ${shellWord(view.pipeline)}`)}`);
    return 0;
  },
};
