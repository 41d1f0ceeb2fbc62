import { MinHeap } from './min-heap.ts';
import { neverWakes, type RunRecord } from './model/run.ts';
import type { WaitRecord } from './model/wait.ts';
import type { Operation } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';

/**
 * The rows that say what one run waits for (I7), kept in step with its operations. Only differences are written, so that a
 * run with ten thousand waits pays for one when one of them ends (I6).
 */
export class RunWaits {
  readonly #run: RunRecord;
  readonly #services: RunServices;
  /** By key, like those below made on first use: many runs never wait. */
  #stored: Map<string, WaitRecord> | null;
  /** Of waits that wake the run before their deadline: the instant that the stored row says. */
  #storedWakes: Map<string, number> | null = null;
  #unstored: Set<Operation> | null = null;
  #wakes: MinHeap<Operation> | null = null;
  #lastWake = 0;

  constructor(run: RunRecord, services: RunServices, stored: readonly WaitRecord[]) {
    this.#run = run;
    this.#services = services;
    this.#stored = stored.length === 0 ? null : new Map(stored.map((wait) => [wait.key, wait]));
  }

  /** Whether no row says anything. */
  get isEmpty(): boolean {
    return this.#stored === null || this.#stored.size === 0;
  }

  /** What the row of a wait says beside its name; null without a row. Lies in the row itself, whatever its length. */
  storedDetail(key: string): string | null {
    const detail = this.#stored?.get(key)?.detail ?? null;
    return detail === null ? null : this.#services.payloads.textNow(detail);
  }

  began(operation: Operation): void {
    (this.#unstored ??= new Set()).add(operation);
  }

  ended(operation: Operation): void {
    this.#unstored?.delete(operation);
    if (!this.isEmpty) this.dropStored(operation.identity.key);
  }

  dropStored(key: string): void {
    this.#storedWakes?.delete(key);
    if (this.#stored?.delete(key) === true) this.#services.queue.endWait({ run: this.#run.number, key });
  }

  /** Rows of operations that the code does not wait for any more. */
  orphans(issued: ReadonlySet<string>): readonly WaitRecord[] {
    return [...(this.#stored?.values() ?? [])].filter((wait) => !issued.has(wait.key));
  }

  /** Writes the rows of waits that began since the last call. */
  store(): void {
    if (this.#unstored === null || this.#unstored.size === 0) return;
    for (const operation of this.#unstored) this.#storeOne(operation);
    this.#unstored.clear();
  }

  /** When the run must be awake next. */
  nextWake(deadlineAt: number | null): number {
    const firstAt = this.#wakes === null ? undefined : firstDue(this.#wakes);
    this.#lastWake = Math.min(firstAt ?? neverWakes, deadlineAt ?? neverWakes);
    return this.#lastWake;
  }

  /** Whether `nextWake` would give another instant than last time. */
  isNextWakeNew(deadlineAt: number | null): boolean {
    const before = this.#lastWake;
    return this.nextWake(deadlineAt) !== before;
  }

  #storeOne(operation: Operation): void {
    const wait = operation.wait();
    if (wait === null) return;
    const { key, name } = operation.identity;
    const { kind, since, deadline } = wait;
    const wakeAt = wait.wakeAt ?? deadline;
    if (wakeAt !== null) (this.#wakes ??= new MinHeap()).push(wakeAt, operation);
    this.#stored ??= new Map();
    const known = this.#stored.get(key);
    const isSame = known !== undefined && known.kind === kind && known.deadline === deadline;
    if (isSame && this.#storedWakes?.get(key) === wait.wakeAt) return;
    if (wait.wakeAt !== undefined) (this.#storedWakes ??= new Map()).set(key, wait.wakeAt);
    const detail = wait.detail === null ? null : this.#services.payloads.always(wait.detail);
    const record: WaitRecord = { run: this.#run.number, key, kind, name, since, deadline, detail };
    this.#stored.set(key, record);
    this.#services.queue.wait(record);
  }
}

/** When the next operation that still waits for a time is due; forgets those that do not. */
function firstDue(wakes: MinHeap<Operation>): number | undefined {
  while (wakes.size > 0 && !isDue(wakes.first, wakes.firstAt)) wakes.pop();
  return wakes.firstAt;
}

function isDue(operation: Operation | undefined, at: number | undefined): boolean {
  if (operation === undefined || operation.state !== 'pending') return false;
  const wait = operation.wait();
  return wait !== null && (wait.wakeAt ?? wait.deadline) === at;
}
