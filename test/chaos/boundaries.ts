import { writeSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import type { PayloadStore } from '../../src/engine/index.ts';
import type { WriteHooks, WritePoint } from '../../src/stores/sqlite/index.ts';
import { disturbances, frozenMark, type Disturbance } from './worker-task.ts';

/** A boundary of the store, or of a payload file: before it is written, and when it is on disk. */
type Boundary = WritePoint | 'payload' | 'payload-stored';

const counted: Readonly<Record<Disturbance['do'], (boundary: Boundary) => boolean>> = {
  kill: () => true,
  freeze: (boundary) => boundary === 'begin' || boundary === 'committed',
  'freeze-inside': (boundary) => boundary === 'commit',
  'fill-disk': (boundary) => boundary === 'begin' || boundary === 'payload',
};

/** Counts the write boundaries that this process passes, and does at one of them what the task says. */
export class Boundaries {
  readonly hooks: WriteHooks = { onWrite: (point) => this.#reached(point) };
  readonly #disturbance: Disturbance | null;
  readonly #ballast: string;
  readonly #onFull: () => void;
  readonly #listeners = new Set<() => void>();
  readonly #passed = { kill: 0, freeze: 0, 'freeze-inside': 0, 'fill-disk': 0 };
  #isArmed = false;
  #isNoticed = false;

  /** `onFull` is called when the disk has been filled. */
  constructor(disturbance: Disturbance | null, directory: string, onFull: () => void) {
    this.#disturbance = disturbance;
    this.#ballast = join(directory, 'ballast');
    this.#onFull = onFull;
  }

  /** How many boundaries this process passed, by what counts them. */
  get passed(): Readonly<Record<Disturbance['do'], number>> {
    return this.#passed;
  }

  /** The file that fills the disk. */
  get ballast(): string {
    return this.#ballast;
  }

  /** The engine has started: from now on all kinds of disturbances count. */
  arm(): void {
    this.#isArmed = true;
  }

  /** The runs have ended, and are about to be looked at: what is counted since the engine started counts no further. */
  disarm(): void {
    this.#isArmed = false;
  }

  /** The payload store with its boundaries counted. */
  watch(store: PayloadStore): PayloadStore {
    return {
      put: async (runId, bytes) => {
        this.#reached('payload');
        const reference = await store.put(runId, bytes);
        this.#reached('payload-stored');
        return reference;
      },
      get: (reference) => store.get(reference),
      deleteRuns: (runIds) => store.deleteRuns(runIds),
    };
  }

  /** Resolves soon after the next commit of this process. To be called before the look whose failure it repairs. */
  nextCommit(): Promise<void> {
    return new Promise((resolve) => this.#listeners.add(resolve));
  }

  /** Tells whoever waits that something may have changed. */
  notice(): void {
    if (this.#isNoticed || this.#listeners.size === 0) return;
    this.#isNoticed = true;
    setImmediate(() => {
      this.#isNoticed = false;
      const listeners = [...this.#listeners];
      this.#listeners.clear();
      for (const listener of listeners) listener();
    });
  }

  #reached(boundary: Boundary): void {
    if (boundary === 'committed') this.notice();
    for (const what of disturbances) {
      if (!counted[what](boundary) || (what !== 'kill' && !this.#isArmed)) continue;
      this.#passed[what] += 1;
      if (what === this.#disturbance?.do && this.#passed[what] === this.#disturbance.at) this.#disturb(what);
    }
  }

  #disturb(what: Disturbance['do']): void {
    if (what === 'kill') process.kill(process.pid, 'SIGKILL');
    else if (what === 'fill-disk') {
      fill(this.#ballast);
      this.#onFull();
    } else {
      writeSync(1, frozenMark);
      process.kill(process.pid, 'SIGSTOP');
    }
  }
}

/** Writes until nothing more fits. */
function fill(path: string): void {
  const descriptor = openSync(path, 'w');
  try {
    for (const size of [65_536, 4_096, 1]) {
      while (fits(descriptor, size));
    }
  } finally {
    closeSync(descriptor);
  }
}

function fits(descriptor: number, size: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(size)) === size;
  } catch {
    return false;
  }
}
