import { createTutti, type AnyDefinition, type Tutti, type WaitView } from '../../app/index.ts';
import { parseJsonText } from '../../base/json-text.ts';
import { silentLogger } from '../../base/logger.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { isMadeAsset, isPipeline, mockTasks, type Pipeline, type TaskMock } from '../../pipelines/index.ts';
import { VirtualClock } from '../../testing/index.ts';
import { isWorkflow } from '../../workflows/index.ts';
import type { Arguments, CommandSpec, Invocation } from '../command.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import { loadModules, resolveModules } from '../load-modules.ts';
import { readInput } from '../read-input.ts';
import { describeTasks } from '../show/follow-tasks.ts';

/** How often the run in memory is looked at. Milliseconds. */
const lookEveryMs = 2;
/** Days are skipped at once: nobody else could take over, so no lease need be renewed on the way. A thousand years in milliseconds. */
const leaseMs = 365_250 * 86_400_000;
/** After how many looks at which nothing moves, and nothing is due, only someone outside can help: a parent that is about to be woken looks the same. */
const looksUntilStill = 100;
/** Runs looked at, children included. */
const runsMax = 1_000;

/** `tutti test <pipeline> [input]` */
export const command: CommandSpec = {
  summary: 'Run a pipeline once in memory, with waiting time skipped, and tasks replaced where you say so.',
  description:
    'Nothing is stored, and no schedule fires. Tasks do what they do, unless --mock gives them a result. Sleeps, retries and ' +
    'deadlines pass at once. ' +
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
      leaseMs,
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
      await stopInVirtualTime(tutti, clock, invocation);
    }
  },
};

/** One run is tested: others that time, as it is skipped, would start do real work beside it. */
function startedByHandOnly(definition: AnyDefinition): AnyDefinition {
  if (!isPipeline(definition) && !isWorkflow(definition)) return definition;
  return { ...definition, schedules: [], assets: { ...definition.assets, when: null } };
}

/** What is left running after an interruption gets its grace in virtual time, which nobody else moves. */
async function stopInVirtualTime(tutti: Tutti, clock: VirtualClock, invocation: Invocation): Promise<void> {
  const running = new Set([tutti]);
  const stopped = tutti.stop().finally(() => running.clear());
  while (running.size > 0) {
    clock.fireNext();
    await pause(invocation);
  }
  await stopped;
}

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
    definitions: definitions.map((definition) =>
      startedByHandOnly(definition === found ? tested : definition),
    ),
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

/** Lets time pass whenever nothing else can happen, until the run has ended or only someone outside can help it on. */
async function runToRest(
  { client }: Tutti,
  clock: VirtualClock,
  { id, invocation }: { readonly id: string; readonly invocation: Invocation },
): Promise<void> {
  let looksStill = 0;
  while (!invocation.stopSignal.aborted && looksStill < looksUntilStill) {
    const run = await client.showRun(id);
    if (run.endedAt !== null || run.state === 'paused') return;
    if (run.state === 'waiting' && isForOutside(run.waits)) return;
    const open = await client.listRuns({ states: ['pending', 'running', 'waiting'], limit: runsMax });
    if (open.every(({ state }) => state === 'waiting')) {
      const details = await Promise.all(open.map((one) => client.showRun(one.id)));
      const deadlines = details.flatMap(({ waits }) => waits.map(({ deadline }) => deadline));
      const due = Math.min(...deadlines.filter((deadline) => deadline !== null));
      looksStill = due === Number.POSITIVE_INFINITY ? looksStill + 1 : 0;
      // In one go: the engine's own timers in between are many, and mean nothing here.
      if (looksStill === 0) clock.advance(Math.max(0, due - clock.now()));
    } else if (open.every(({ state }) => state !== 'running')) {
      // One that is to begin later says nowhere when.
      clock.fireNext();
    }
    const pausedAt = invocation.clock.now();
    await pause(invocation);
    // What tasks do takes its time, which their timeouts count.
    clock.advance(Math.max(0, invocation.clock.now() - pausedAt));
  }
}

/** Whether nothing that it waits for ends by itself. */
function isForOutside(waits: readonly WaitView[]): boolean {
  return waits.length > 0 && waits.every(({ deadline, kind }) => deadline === null && kind !== 'child');
}

/** Until the next look, in real time. */
function pause({ clock }: Invocation): Promise<void> {
  return new Promise((resolve) => {
    clock.setTimer(lookEveryMs, resolve);
  });
}
