/**
 * The processes of one simulation: starts them, lets them crash, freeze, restart and lose their clocks, and replaces the dead.
 *
 * Owns: which processes there are. Does not own: what they do.
 */
import { createTutti, type Client, type Tutti } from '../../src/index.ts';
import type { PayloadStore, Store } from '../../src/engine/index.ts';
import type { Draw } from './draw.ts';
import { withoutFaults } from './faults.ts';
import { programDefinitions } from './interpreter.ts';
import { simulatedPayloads } from './simulated-payloads.ts';
import { SimulatedProcess } from './simulated-process.ts';
import { SimulatedStore } from './simulated-store.ts';
import type { StoreServer } from './store-server.ts';
import { declareFacts, type Facts } from './facts.ts';
import { declareTopics, type SimulatedTopics } from './topics.ts';
import type { Witness } from './witness.ts';
import type { World } from './world.ts';

/** One process and the engine in it. */
export interface Member {
  readonly process: SimulatedProcess;
  readonly tutti: Tutti;
  /** Whether it executes runs, or only passes on what clients want. */
  readonly isWorker: boolean;
  /** Undefined in simulations without topics. */
  readonly topics: SimulatedTopics | undefined;
  /** Undefined in simulations without facts. */
  readonly facts: Facts | undefined;
}

export interface ClusterOptions {
  readonly world: World;
  readonly draw: Draw;
  readonly server: StoreServer;
  readonly witness: Witness;
  readonly payloads: PayloadStore;
  readonly hasTopics: boolean;
  readonly hasFacts: boolean;
  /** What stands between a process and its store; for planted bugs. */
  readonly wrap: (store: Store, process: SimulatedProcess) => Store;
}

/** What all engines of a simulation have in common. */
interface EngineSettings {
  readonly leaseMs: number;
  readonly idleMs: number;
  readonly liveRunsMax: number;
  readonly dev: boolean;
}

/** How long an engine may take to stop, however often the store fails meanwhile. Milliseconds. */
const stopMaxMs = 60_000;

export class Cluster {
  readonly #options: ClusterOptions;
  readonly #draw: Draw;
  readonly #settings: EngineSettings;
  #members: Member[] = [];
  #count = 0;
  #isStormy = true;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.#draw = options.draw;
    this.#settings = {
      leaseMs: options.server.network.leaseMs,
      idleMs: this.#draw.pick([0, 500, 2_000, 20_000]),
      liveRunsMax: this.#draw.pick([3, 10, 1_000]),
      dev: this.#draw.chance(0.4),
    };
  }

  /** Starts the processes, and the weather. */
  async start(): Promise<void> {
    const workers = this.#draw.pick([1, 2, 3]);
    for (let i = 0; i < workers; i += 1) await this.#spawn(true);
    await this.#spawn(false);
    const { freezeEveryMs, jumpEveryMs, restartEveryMs } = this.#options.server.network.faults;
    this.#repeat(freezeEveryMs, (member) => this.#freeze(member));
    this.#repeat(jumpEveryMs, (member) => this.#jump(member));
    this.#repeat(restartEveryMs, (member) => void this.#restart(member));
  }

  /** A client of some process that runs; null if none does. */
  client(draw: Draw): Client | null {
    return this.member(draw)?.tutti.client ?? null;
  }

  /** Some process that runs; null if none does. */
  member(draw: Draw): Member | null {
    const running = this.#members.filter(({ process }) => process.state === 'running');
    return running.length === 0 ? null : draw.pick(running);
  }

  /** From here on nothing fails any more. */
  endFaults(): void {
    const { world, server } = this.#options;
    world.trace('', 'no more faults');
    this.#isStormy = false;
    server.network.faults = withoutFaults(server.network.faults);
    for (const { process } of this.#members) {
      process.crashAfter(Number.POSITIVE_INFINITY, () => undefined);
      process.setClock(0);
      process.thaw();
    }
  }

  /** Ends everything, without a goodbye. */
  kill(): void {
    for (const { process } of this.#members) process.kill();
  }

  async #spawn(isWorker: boolean): Promise<void> {
    const { world, server, witness, wrap } = this.#options;
    this.#count += 1;
    const { skewMs, awaitsPerCrash } = server.network.faults;
    const offset = this.#isStormy ? this.#draw.between(-skewMs, skewMs) : 0;
    const process = new SimulatedProcess(world, `p${this.#count}`, offset);
    if (this.#isStormy && awaitsPerCrash < Number.POSITIVE_INFINITY) {
      const points = Math.ceil(-Math.log(1 - this.#draw.random.next()) * awaitsPerCrash) + 1;
      process.crashAfter(points, () => this.#replace(process, isWorker));
    }
    const log = (message: string, fields?: object): void =>
      world.trace(process.name, `log: ${message} ${JSON.stringify(fields ?? {})}`);
    const topics = this.#options.hasTopics ? declareTopics(process) : undefined;
    const facts = this.#options.hasFacts ? declareFacts() : undefined;
    const tutti = await createTutti({
      ...this.#settings,
      store: wrap(new SimulatedStore(process, server), process),
      payloadStore: simulatedPayloads(process, server.network, this.#options.payloads),
      definitions: [
        ...programDefinitions(process, witness, facts),
        ...(topics === undefined ? [] : [topics.input, topics.output]),
        ...(facts === undefined ? [] : [facts]),
      ],
      clock: process.clock,
      random: this.#draw.stream(process.name).random,
      logger: { debug: () => undefined, info: () => undefined, warn: log, error: log },
      limits: { inlineMax: 256 },
      name: process.name,
    });
    this.#members.push({ process, tutti, isWorker, topics, facts });
    world.trace(process.name, isWorker ? 'starts' : 'starts as a mere client');
    if (!isWorker) return;
    // The engine alone: the guard is installed once for the whole simulation, because a crash cannot take it away again.
    const start = async (): Promise<void> => {
      await tutti.engine.start();
      if (topics !== undefined || facts !== undefined) await tutti.events.start();
    };
    start().catch((error: unknown) => {
      world.trace(process.name, `could not start: ${String(error)}`);
      process.kill();
      this.#replace(process, isWorker);
    });
  }

  /** A dead process is followed by a new one after a while. */
  #replace(dead: SimulatedProcess, isWorker: boolean): void {
    this.#members = this.#members.filter(({ process }) => process !== dead);
    this.#options.world.after(this.#draw.between(10, 4_000), () => void this.#spawn(isWorker));
  }

  #repeat(everyMs: number, happen: (member: Member) => void): void {
    if (everyMs === Number.POSITIVE_INFINITY) return;
    this.#options.world.after(this.#draw.between(1, 2 * everyMs), () => {
      if (!this.#isStormy) return;
      const running = this.#members.filter(({ process }) => process.state === 'running');
      if (running.length > 0) happen(this.#draw.pick(running));
      this.#repeat(everyMs, happen);
    });
  }

  #freeze({ process }: Member): void {
    process.freeze();
    const forMs = this.#draw.between(10, 2.5 * this.#settings.leaseMs);
    this.#options.world.after(forMs, () => process.thaw());
  }

  #jump({ process }: Member): void {
    const { skewMs } = this.#options.server.network.faults;
    process.setClock(this.#draw.between(-5 * skewMs, 5 * skewMs));
  }

  /** An orderly end, as a deployment brings it. */
  async #restart({ process, tutti, isWorker }: Member): Promise<void> {
    if (!isWorker) return;
    const { world } = this.#options;
    world.trace(process.name, 'is told to stop');
    this.#members = this.#members.filter((member) => member.process !== process);
    process.crashAfter(Number.POSITIVE_INFINITY, () => undefined);
    let isOver = false;
    world.after(stopMaxMs, () => {
      if (!isOver) world.violate('I5', `${process.name} was told to stop ${stopMaxMs} ms ago and has not`);
    });
    try {
      await tutti.events.stop();
      await tutti.engine.stop();
      world.trace(process.name, 'has stopped');
    } catch (error) {
      world.trace(process.name, `could not stop: ${String(error)}`);
    }
    isOver = true;
    process.kill();
    this.#replace(process, isWorker);
  }
}
