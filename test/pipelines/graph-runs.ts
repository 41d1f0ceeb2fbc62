/**
 * Runs real workflow graphs on the test kit's engine, kills their processes on the way, and says what went against the rules:
 * a task that began before its parents were on disk, or after its own end was; one whose end is on record twice, or not at all.
 */
import type { Pipeline } from 'tutti';
import { seededRandom } from 'tutti/testing';
import { pipelineOf, nameOf, type WorkflowGraph } from '../../bench/pipelines/workflow-graph.ts';
import { createTestEnvironment } from '../../src/testing/create-test-tutti.ts';
import type { WriteWatch } from '../../src/testing/store-doors.ts';

type Random = ReturnType<typeof seededRandom>;
type Store = 'memory' | 'sqlite';
type TaskState = 'success' | 'failed' | 'upstreamFailed';

/** What befalls a run. Everything that is drawn follows from the seed. */
export interface Ordeal {
  readonly store: Store;
  readonly seed: string;
  /** How many processes are killed, at writes drawn by the seed. Default none. */
  readonly kills?: number;
  /** The part of the tasks whose first one or two of three attempts fail. Default none. */
  readonly stumbling?: number;
  /** The part of the tasks that fail for good. Default none. */
  readonly failing?: number;
}

/** What came of it. */
export interface GraphRunReport {
  readonly state: string;
  /** What went against the rules, for people. */
  readonly violations: readonly string[];
  /** How often a process was killed. */
  readonly kills: number;
  /** By task as the graph calls it. */
  readonly states: ReadonlyMap<string, TaskState>;
  readonly expected: ReadonlyMap<string, TaskState>;
}

const maximumAttempts = 3;
/** The most writes between two kills: small enough that a graph of ten tasks is killed, too. */
const writesBetweenKills = 5;

/** Runs a graph through an ordeal, to its end. */
export async function runGraph(graph: WorkflowGraph, ordeal: Ordeal): Promise<GraphRunReport> {
  const random = seededRandom(ordeal.seed);
  const fates = graph.tasks.map(() => drawFate(random, ordeal));
  const witness = new Witness(graph);
  const load = async (): Promise<Pipeline[]> => [
    pipelineOf(
      graph,
      async (task, { attempt }) => {
        witness.began(task);
        // Some bodies end at once, some let others go first.
        if (task % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (attempt <= fates[task]!) throw new Error(`attempt ${attempt} of ${task}`);
        return task;
      },
      { concurrency: 16, maximumAttempts },
    ),
  ];
  const killer = new Killer(random, ordeal.kills ?? 0, witness);
  const env = await createTestEnvironment(
    { definitions: await load(), store: ordeal.store, seed: ordeal.seed },
    {
      watch: killer.watch,
      load,
      random: seededRandom(`${ordeal.seed} engine`),
      eventIds: () => seededRandom(`${ordeal.seed} events`),
    },
  );
  try {
    await env.client.startRun(graph.name, undefined, { id: 'r' });
    await env.skipUntil(async () => (await env.show('r')).endedAt !== null);
    const { state } = await env.show('r');
    witness.checkJournal(await env.journal('r'));
    const { tasks } = await env.client.showTasks('r');
    const states = new Map(
      tasks.map((task) => [task.id, (Object.keys(task.states)[0] ?? 'none') as TaskState]),
    );
    return {
      ...{ state, states, violations: witness.violations, kills: killer.kills },
      expected: expectedStates(graph, fates),
    };
  } finally {
    await env.close();
  }
}

/** How many attempts of a task fail. */
function drawFate(random: Random, { failing = 0, stumbling = 0 }: Ordeal): number {
  if (random.next() < failing) return maximumAttempts;
  return random.next() < stumbling ? 1 + (random.uint32() % (maximumAttempts - 1)) : 0;
}

/** Exactly what is after a failed task does not run; everything else does. */
function expectedStates(graph: WorkflowGraph, fates: readonly number[]): ReadonlyMap<string, TaskState> {
  const byId = new Map(graph.tasks.map((task, index) => [task.id, { ...task, index }]));
  const states = new Map<string, TaskState>();
  const stateOf = (id: string): TaskState => {
    const known = states.get(nameOf(id));
    if (known !== undefined) return known;
    const { parents, index } = byId.get(id)!;
    const isHeldUp = parents.map(stateOf).some((state) => state !== 'success');
    const own = fates[index] === maximumAttempts ? 'failed' : 'success';
    const state = isHeldUp ? 'upstreamFailed' : own;
    states.set(nameOf(id), state);
    return state;
  };
  for (const { id } of graph.tasks) stateOf(id);
  return states;
}

/** Sees what is on disk, and every body that begins. */
class Witness {
  readonly violations: string[] = [];
  readonly #graph: WorkflowGraph;
  readonly #ended = new Set<string>();

  constructor(graph: WorkflowGraph) {
    this.#graph = graph;
  }

  /** The end of a task is on disk. */
  recorded(name: string, isSuccess: boolean): void {
    if (this.#ended.has(name)) this.violations.push(`${name} ended twice`);
    this.#ended.add(name);
    if (isSuccess) this.#ended.add(`${name} ok`);
  }

  began(index: number): void {
    const { id, parents } = this.#graph.tasks[index]!;
    if (this.#ended.has(nameOf(id))) this.violations.push(`${id} began after its end was on record`);
    for (const parent of parents) {
      if (!this.#ended.has(`${nameOf(parent)} ok`)) this.violations.push(`${id} began before ${parent}`);
    }
  }

  checkJournal(journal: readonly { readonly kind: string; readonly name: string }[]): void {
    const steps = journal.filter(({ kind }) => kind === 'step').map(({ name }) => name);
    if (new Set(steps).size !== steps.length) this.violations.push('the journal holds an end twice');
    for (const name of steps) if (!this.#ended.has(name)) this.violations.push(`${name} ended unseen`);
  }
}

/** Kills the process at work now and then, before or after a write. */
class Killer {
  kills = 0;
  readonly #random: Random;
  readonly #killsMax: number;
  readonly #witness: Witness;
  #writesLeft: number;

  constructor(random: Random, killsMax: number, witness: Witness) {
    this.#random = random;
    this.#killsMax = killsMax;
    this.#witness = witness;
    this.#writesLeft = this.#draw();
  }

  readonly watch: WriteWatch = ({ batch }, moment) => {
    if (moment === 'after') {
      for (const { kind, name, outcome } of batch?.entries ?? [])
        if (kind === 'step') this.#witness.recorded(name, outcome === 'ok');
    }
    if (this.kills >= this.#killsMax) return false;
    this.#writesLeft -= 0.5;
    if (this.#writesLeft > 0) return false;
    this.kills += 1;
    this.#writesLeft = this.#draw();
    return true;
  };

  /** Counted in halves, since every write is seen before and after. */
  #draw(): number {
    return (1 + (this.#random.uint32() % (2 * writesBetweenKills))) / 2;
  }
}
