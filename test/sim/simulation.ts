/**
 * One simulation: everything follows from its seed. Several processes, each with a whole engine, over one real store, while
 * faults happen; then calm, in which everything must come to its end.
 */
import type { Store } from '../../src/engine/index.ts';
import { createMemoryPayloadStore, createMemoryStore } from '../../src/stores/memory/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { installGuard } from '../../src/workflows/index.ts';
import { isFinal } from '../../src/engine/index.ts';
import { Cluster } from './cluster.ts';
import { Draw } from './draw.ts';
import { words } from './facts.ts';
import { drawFaults, Network } from './faults.ts';
import { checkFinalState } from './final-checks.ts';
import { Model } from './model.ts';
import { People } from './people.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import { StoreServer } from './store-server.ts';
import { TopicUsers } from './topic-users.ts';
import { Witness } from './witness.ts';
import { World, type Violation } from './world.ts';

/** How long, after the last fault, everything may take to end. Milliseconds of virtual time. */
const calmMs = 240_000;

export interface SimulationOptions {
  readonly seed: number;
  /** Sees every line of the trace. */
  readonly onLine?: (line: string) => void;
  /** A bug to be found. Default: none. */
  readonly plant?: PlantedBug;
}

/** Something wrong, put between the parts from outside. */
export interface PlantedBug {
  /** Between a process and its store. */
  readonly wrapProcessStore?: (store: Store, process: SimulatedProcess) => Store;
  /** The real store itself. */
  readonly wrapStore?: (store: Store) => Store;
}

export interface Verdict {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Equal for equal histories. */
  readonly digest: string;
  readonly tail: readonly string[];
  /** What was going on, in a line. */
  readonly summary: string;
}

export async function simulate({ seed, onLine, plant = {} }: SimulationOptions): Promise<Verdict> {
  const draw = new Draw(`tutti ${seed}`);
  const world = new World(onLine);
  const model = new Model(world);
  const kind = draw.chance(0.25) ? 'sqlite' : 'memory';
  const real = kind === 'sqlite' ? await createSqliteStore({ file: ':memory:' }) : createMemoryStore();
  const store = plant.wrapStore?.(real) ?? real;
  const faults = drawFaults(draw);
  const network = new Network(faults, draw.pick([2_000, 4_000]), draw.stream('network'));
  const server = new StoreServer({ world, store, model, network });
  const payloads = createMemoryPayloadStore();
  const topicsDraw = draw.stream('topics');
  const hasTopics = topicsDraw.chance(0.3);
  const factsDraw = draw.stream('facts');
  const hasFacts = factsDraw.chance(0.35);
  const witness = new Witness(world, model);
  const cluster = new Cluster({
    world,
    draw: draw.stream('cluster'),
    server,
    witness,
    payloads,
    hasTopics,
    hasFacts,
    wrap: plant.wrapProcessStore ?? ((own) => own),
  });
  const stormMs = draw.between(5_000, 25_000);
  const people = new People({
    ...{ world, draw: draw.stream('people'), cluster, server, model, stormMs },
    words: hasFacts ? words : [],
  });
  const topics = new TopicUsers(
    { world, cluster, model, witness, store: real, stormMs },
    { topicsDraw: hasTopics ? topicsDraw : null, factsDraw: hasFacts ? factsDraw : null },
  );
  world.trace('', `seed ${seed}: ${kind} store, ${faults.name}, ${people.orders.length} orders`);
  const stopListening = listenForLostErrors(world);
  const removeGuard = installGuard();
  try {
    await cluster.start();
    people.start();
    world.after(stormMs, () => cluster.endFaults());
    const isOver = (): boolean =>
      world.elapsed > stormMs && people.areDone && allEnded(model) && topics.areDone;
    await world.run(isOver, stormMs + calmMs);
    if (world.violations.length === 0) await checkFinalState({ world, store, payloads, model, people });
    for (const [invariant, text] of await topics.check()) world.violate(invariant, text);
  } finally {
    cluster.kill();
    removeGuard();
    stopListening();
    await real.close();
  }
  const summary = `${kind}, ${faults.name}, ${model.runs.size} runs, ${world.lineCount} events, ${Math.round(world.elapsed / 1000)} s`;
  return { seed, violations: world.violations, digest: world.digest(), tail: world.tail, summary };
}

function allEnded(model: Model): boolean {
  for (const run of model.runs.values()) if (!isFinal(run.state)) return false;
  return true;
}

/** A rejection nobody handles would end a real process. */
function listenForLostErrors(world: World): () => void {
  const listener = (error: unknown): void =>
    world.violate(
      'sim',
      `a rejection was not handled: ${error instanceof Error ? error.stack : String(error)}`,
    );
  process.on('unhandledRejection', listener);
  return () => process.off('unhandledRejection', listener);
}
