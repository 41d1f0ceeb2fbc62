/**
 * One store as several processes see it, within one process: each has a door of its own, and a door can be shut from one moment
 * to the next, as SIGKILL shuts it.
 *
 * Owns: the doors, and telling each of them of the others' commits. Does not own: the store behind them; whoever opened it closes it.
 * Invariants:
 * D1  Behind a shut door nothing happens: no call of that process reaches the store, and none of its calls is ever answered.
 * D2  A killed process is known to be dead: its worker's commits are refused (I2) before anybody takes over its runs.
 */
import type { CommitBatch, Store, WorkerNumber } from '../engine/index.ts';

/** A write of a process, by the order in which the process asks for it. */
interface StoreWrite {
  readonly method: 'commit' | 'claim' | 'releaseDelayed';
  /** What is to be committed; absent for a claim, and for the release of delayed events. */
  readonly batch?: CommitBatch;
}

/** Looks at each write before it reaches the store and after; true kills the process right there. */
export type WriteWatch = (write: StoreWrite, moment: 'before' | 'after') => boolean;

type Method = (...args: readonly unknown[]) => unknown;

/** Methods after which other processes may have something to do. */
const announced: readonly string[] = ['commit', 'releaseDelayed', 'declareDead', 'retireWorker'];

/** See the top of the file. */
export class StoreDoors {
  readonly store: Store;
  readonly #doors = new Set<StoreDoor>();

  constructor(store: Store) {
    this.store = store;
  }

  /** A door for one more process. `watch` may kill it at any of its writes. */
  open(watch: WriteWatch = () => false): StoreDoor {
    const door = new StoreDoor(this.store, {
      watch,
      changed: (by) => {
        for (const other of this.#doors) if (other !== by) other.announce();
      },
    });
    this.#doors.add(door);
    return door;
  }

  /** Has the process of this door declared dead, at once instead of after its lease (D2). */
  async declareDead(door: StoreDoor, now: number): Promise<void> {
    door.kill();
    this.#doors.delete(door);
    // A lease that ended just before now: only this process's worker is late, whoever else uses the store.
    for (const worker of door.workers) await this.store.renewLease(worker, now - 1);
    await this.store.declareDead(now);
    for (const other of this.#doors) other.announce();
  }
}

/** The store of one process; see the top of the file. */
export class StoreDoor {
  /** To be given to the engine of the process. */
  readonly store: Store;
  /** Under which numbers the process registered. */
  readonly workers: WorkerNumber[] = [];
  #writes = 0;
  readonly #real: Store;
  readonly #watch: WriteWatch;
  readonly #changed: (by: StoreDoor) => void;
  readonly #listeners = new Set<() => void>();
  readonly #shut = new AbortController();

  constructor(real: Store, how: { readonly watch: WriteWatch; readonly changed: (by: StoreDoor) => void }) {
    this.#real = real;
    this.#watch = how.watch;
    this.#changed = how.changed;
    this.store = new Proxy(real, { get: (target, name) => this.#member(target, name) });
  }

  get isShut(): boolean {
    return this.#shut.signal.aborted;
  }

  /** How often the process has written something. */
  get writes(): number {
    return this.#writes;
  }

  /** Aborted when the process is killed. */
  get killed(): AbortSignal {
    return this.#shut.signal;
  }

  /** From now on nothing of this process reaches the store (D1). */
  kill(): void {
    this.#shut.abort();
    this.#listeners.clear();
  }

  /** Somebody else changed something. */
  announce(): void {
    for (const listener of this.#listeners) queueMicrotask(listener);
  }

  #member(target: Store, name: string | symbol): unknown {
    const member: unknown = Reflect.get(target, name, target);
    if (typeof member !== 'function' || typeof name !== 'string') return member;
    if (name === 'onForeignCommit') return (listener: () => void) => this.#listen(listener);
    const method = member.bind(target) as Method;
    if (name === 'commit' || name === 'claim' || name === 'releaseDelayed')
      return (...args: readonly unknown[]) => this.#write(name, method, args);
    return (...args: readonly unknown[]) => this.#call(name, () => method(...args));
  }

  #listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    const stop = this.#real.onForeignCommit(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  async #write(method: StoreWrite['method'], call: Method, args: readonly unknown[]): Promise<unknown> {
    const write: StoreWrite = method === 'commit' ? { method, batch: args[0] as CommitBatch } : { method };
    if (!this.isShut && this.#watch(write, 'before')) this.kill();
    const result = await this.#call(method, () => call(...args));
    if (!hasWritten(method, result)) return result;
    this.#writes += 1;
    if (!this.#watch(write, 'after')) return result;
    this.kill();
    return never();
  }

  async #call(name: string, call: () => unknown): Promise<unknown> {
    if (this.isShut) return never();
    const result = await call();
    if (name === 'registerWorker') this.workers.push(result as WorkerNumber);
    if (announced.includes(name)) this.#changed(this);
    return this.isShut ? never() : result;
  }
}

/** A claim, and a release, may find nothing. */
function hasWritten(method: StoreWrite['method'], result: unknown): boolean {
  if (method === 'claim') return (result as readonly unknown[]).length > 0;
  return method === 'commit' || (result as number) > 0;
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
