/** The one store behind all processes: carries out what arrives, lets the model see it, and tells the others. */
import type {
  ClaimedRun,
  ClaimRequest,
  CommitBatch,
  CommitResult,
  Store,
  WorkerNumber,
  WorkerRegistration,
} from '../../src/engine/index.ts';
import type { Network } from './faults.ts';
import type { Model } from './model.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { World } from './world.ts';

interface Listener {
  readonly process: SimulatedProcess;
  readonly call: () => void;
}

export interface StoreServerOptions {
  readonly world: World;
  readonly store: Store;
  readonly model: Model;
  readonly network: Network;
}

export class StoreServer {
  readonly store: Store;
  readonly network: Network;
  readonly #world: World;
  readonly #model: Model;
  readonly #listeners = new Set<Listener>();

  constructor({ world, store, model, network }: StoreServerOptions) {
    this.store = store;
    this.network = network;
    this.#world = world;
    this.#model = model;
  }

  async commit(process: SimulatedProcess, batch: CommitBatch): Promise<CommitResult> {
    const { name } = process;
    try {
      const result = await this.store.commit(batch);
      this.#world.trace(name, `commit as ${batch.worker} ${describe(batch, result)}`);
      this.#model.committed(batch, result);
      this.#notify(process);
      return result;
    } catch (error) {
      this.#world.trace(name, `commit as ${batch.worker} refused: ${String(error)} (${describe(batch)})`);
      this.#model.refused(batch, error);
      throw error;
    }
  }

  async claim(process: SimulatedProcess, request: ClaimRequest): Promise<readonly ClaimedRun[]> {
    const claimed = await this.store.claim(request);
    if (claimed.length > 0) {
      const numbers = claimed.map(({ run }) => run.number).join(' ');
      this.#world.trace(process.name, `claims as ${request.worker}: ${numbers}`);
    }
    this.#model.claimed(request.worker, claimed);
    return claimed;
  }

  async register(process: SimulatedProcess, registration: WorkerRegistration): Promise<WorkerNumber> {
    const worker = await this.store.registerWorker(registration);
    this.#world.trace(process.name, `registers as ${worker}`);
    this.#model.registered(worker, process.name);
    return worker;
  }

  async renew(process: SimulatedProcess, worker: WorkerNumber, leaseUntil: number): Promise<boolean> {
    const isAlive = await this.store.renewLease(worker, leaseUntil);
    if (!isAlive) this.#world.trace(process.name, `renewal as ${worker} refused`);
    return isAlive;
  }

  async declareDead(process: SimulatedProcess, now: number): Promise<readonly WorkerNumber[]> {
    const dead = await this.store.declareDead(now);
    if (dead.length === 0) return dead;
    this.#world.trace(process.name, `declares dead: ${dead.join(' ')}`);
    for (const worker of dead) this.#model.left(worker);
    this.#notify(process);
    return dead;
  }

  async retire(process: SimulatedProcess, worker: WorkerNumber): Promise<void> {
    await this.store.retireWorker(worker);
    this.#world.trace(process.name, `retires ${worker}`);
    this.#model.left(worker);
    this.#notify(process);
  }

  listen(process: SimulatedProcess, call: () => void): () => void {
    const listener: Listener = { process, call };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(from: SimulatedProcess): void {
    for (const { process, call } of this.#listeners) {
      if (process === from || process.state === 'dead') continue;
      const delayMs = this.network.notification();
      if (delayMs !== null) this.#world.after(delayMs, () => process.whenRunning(call));
    }
  }
}

/** What a batch holds, and what became of it if it was accepted. */
function describe(batch: CommitBatch, result?: CommitResult): string {
  const parts = [
    ...batch.starts.map((start, index) => {
      const outcome = result?.starts[index];
      return `start ${start.id}=${outcome?.run.number}${outcome?.created === true ? '' : '!'}`;
    }),
    ...batch.sends.map((send, index) => {
      const outcome = result?.sends[index];
      return `${send.kind}>${send.run} ${send.name} ${outcome?.outcome}${outcome?.id}`;
    }),
    ...(batch.appends ?? []).map(
      (append, index) =>
        `append ${append.topic}/${append.partition} ${result?.appends[index]?.offsets.join('+')}`,
    ),
    ...(batch.guarded ?? []).map((group, index) => {
      const when = group.when.map(({ key, version }) => `${key}=${version}`).join(' ');
      const made = (group.appends ?? []).length;
      return `if ${when} then ${made} appended ${result?.guarded[index]?.applied}`;
    }),
    ...batch.entries.map((entry) => `${entry.run}.${entry.seq} ${entry.kind} ${entry.name} ${entry.outcome}`),
    ...batch.waits.map((wait) => `wait ${wait.run}${wait.key}`),
    ...batch.endedWaits.map((wait) => `unwait ${wait.run}${wait.key}`),
    ...batch.consumed.map((id) => `consume ${id}`),
    ...batch.runs.map(
      (change) => `run ${change.run} ${change.state} wake=${change.wakeAt} seen=${change.seenMessage}`,
    ),
  ];
  return parts.join(', ');
}
