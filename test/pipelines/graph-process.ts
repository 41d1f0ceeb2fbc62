/** Runs one workflow graph in a process of its own, to be killed; each task that ends writes a line. */
import { appendFileSync } from 'node:fs';
import { createTutti } from 'tutti';
import { pipelineOf, workflowGraphs } from '../../bench/pipelines/workflow-graph.ts';

const [store = '', lines = '', name = ''] = process.argv.slice(2);
const graph = workflowGraphs().find((known) => known.name === name);
if (graph === undefined) throw new Error(`There is no graph ${name}.`);

const definition = pipelineOf(
  graph,
  async (task, { attempt }) => {
    // Now and then an attempt fails, which one follows from the task alone.
    if (attempt === 1 && task % 5 === 3) throw new Error('now and then');
    await new Promise((resolve) => setTimeout(resolve, 3));
    appendFileSync(lines, `${task}\n`);
    return task;
  },
  { concurrency: 4, maximumAttempts: 3 },
);
const tutti = await createTutti({ store, definitions: [definition], leaseMs: 1_500 });
await tutti.start();
const { id } = await tutti.client.startRun(name, undefined, { id: 'r', onConflict: 'attach' });
const run = await tutti.client.waitForRun(id);
console.log(run.state);
await tutti.stop();
