import { createTutti, type AnyDefinition, type Tutti } from '../../app/index.ts';
import { parseJsonText } from '../../base/json-text.ts';
import { silentLogger } from '../../base/logger.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { isMadeAsset, isPipeline, mockTasks, type Pipeline, type TaskMock } from '../../pipelines/index.ts';
import { VirtualClock } from '../../testing/index.ts';
import type { Arguments, CommandSpec, Invocation } from '../command.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { loadModules, resolveModules } from '../load-modules.ts';
import { readInput } from '../read-input.ts';
import { describeTasks } from '../show/follow-tasks.ts';

/** How often the run in memory is looked at. Milliseconds. */
const lookEveryMs = 2;

/** `tutti test <pipeline> [input]` */
export const command: CommandSpec = {
  summary: 'Run a pipeline once in memory, with waiting time skipped, and tasks replaced where you say so.',
  description:
    'Nothing is stored. Tasks do what they do, unless --mock gives them a result. Sleeps, retries and deadlines pass at once. ' +
    'A run that waits for a signal or a person is shown as it waits, with exit code 4.',
  args: [
    { name: 'pipeline', summary: 'Name of the pipeline.' },
    { name: 'input', summary: 'Its input as JSON. Default: none.', required: false },
  ],
  options: [
    {
      flags: '-m, --module <path...>',
      summary: 'Modules to load. Default: those the engine here was started with.',
    },
    {
      flags: '--mock <task=json...>',
      summary: 'A task, by its id without positions, and what it results in instead.',
    },
    { flags: '--input-file <path>', summary: 'Read the input from a file; - is stdin.' },
  ],
  examples: [
    {
      command: `test daily-sales '{"day": "2024-01-31"}' -m pipeline.ts --mock 'load={"rows": 3}'`,
      does: 'without the database',
    },
  ],
  data: 'TasksView',
  connects: false,
  async run(invocation) {
    const { args, out } = invocation;
    const input = await readInput(args, 'input');
    const { definitions, tested } = await loadTested(invocation);
    const clock = new VirtualClock(invocation.clock.now());
    const tutti = await createTutti({
      store: ':memory:',
      clock,
      definitions,
      logger: silentLogger,
      dev: true,
    });
    try {
      await tutti.start();
      const { id } = await tutti.client.startRun(tested.name, input);
      await runToRest(tutti, clock, { id, invocation });
      const view = await tutti.client.showTasks(id);
      out.object(view, () => describeTasks(view, out));
      return view.run.endedAt === null ? 4 : exitCodeOfRun(view.run);
    } finally {
      await tutti.stop();
    }
  },
};

async function loadTested({ args, data, out }: Invocation): Promise<{
  readonly definitions: readonly AnyDefinition[];
  readonly tested: Pipeline;
}> {
  const typed = args.texts('module');
  const loaded = await loadModules(typed.length === 0 ? data.readModules() : resolveModules(typed));
  for (const failure of loaded.failures) out.note(`warning: ${failure.message}`);
  const name = args.required('pipeline');
  const definitions = loaded.definitions.map((one) => (isMadeAsset(one) ? one.pipeline : one));
  const found = definitions.find((definition) => definition.name === name);
  if (found === undefined || !isPipeline(found)) {
    const names = definitions.filter(isPipeline).map((definition) => definition.name);
    throw new TuttiError(
      'TUTTI_DEFINITION_NOT_FOUND',
      `No pipeline is called '${name}'; loaded are ${names.length === 0 ? 'none' : names.join(', ')}.`,
    );
  }
  const tested = mockTasks(found, readMocks(args));
  return {
    tested,
    definitions: definitions.map((definition) => (definition === found ? tested : definition)),
  };
}

function readMocks(args: Arguments): Readonly<Record<string, TaskMock>> {
  return Object.fromEntries(
    args.texts('mock').map((text) => {
      const at = text.indexOf('=');
      if (at < 1) {
        throw new TuttiError('TUTTI_ARGUMENT_INVALID', `--mock is '${text}'; expected task=json.`);
      }
      return [
        text.slice(0, at),
        { value: parseJsonText(text.slice(at + 1), `The value of --mock ${text.slice(0, at)}`) },
      ];
    }),
  );
}

/** Lets time pass whenever the run waits for nothing else, until it has ended or only someone outside can help it on. */
async function runToRest(
  { client }: Tutti,
  clock: VirtualClock,
  { id, invocation }: { readonly id: string; readonly invocation: Invocation },
): Promise<void> {
  while (!invocation.stopSignal.aborted) {
    const run = await client.showRun(id);
    if (run.endedAt !== null || run.state === 'paused') return;
    const isForOutside =
      run.waits.length > 0 && run.waits.every(({ deadline, kind }) => deadline === null && kind !== 'child');
    if (run.state === 'waiting' && isForOutside) return;
    if (run.state === 'waiting') clock.fireNext();
    await new Promise<void>((resolve) => {
      invocation.clock.setTimer(lookEveryMs, resolve);
    });
  }
}
