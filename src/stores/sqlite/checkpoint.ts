/**
 * Keeps the write-ahead log short without making commits wait.
 *
 * Owns: when to checkpoint, and the thread that does it. After each commit it asks SQLite how long the log is (2 µs, no I/O):
 * - `backlog` (pages not yet copied) above `startPages`: the thread copies them;
 * - log above `restartPages` and backlog small: this thread copies the rest, so that the next commit finds everything copied
 *   and begins the log anew (SQLite can do so only at a moment when nothing is left to copy, which under constant
 *   writing never comes by itself);
 * - log above `boundPages`: this thread copies everything, waits for readers, and truncates the file. It is the hard bound.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin, windows do */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { CheckpointAnswer } from './checkpoint-thread.ts';
import type { WritePoint } from './write-points.ts';

/** When to act; all in pages of the database. */
export interface CheckpointLimits {
  readonly startPages: number;
  readonly restartPages: number;
  readonly boundPages: number;
}

/** A backlog this thread may copy between two commits: a few milliseconds. */
const smallBacklogPages = 256;

interface LogState {
  /** Pages in the log. */
  readonly log: number;
  /** How many of them are in the database file. */
  readonly checkpointed: number;
}

/** The checkpoints of one store. */
export class Checkpointer {
  readonly #file: string;
  readonly #limits: CheckpointLimits;
  readonly #reached: (point: WritePoint) => void;
  readonly #look: StatementSync;
  readonly #passive: StatementSync;
  readonly #truncate: StatementSync;
  #thread: Worker | null = null;
  #isThreadBusy = false;
  #isThreadLost = false;
  /** Length of the log at the last attempt of this thread that did not shorten it: no second one until it has grown. */
  #retryAbove = 0;
  #logPages = 0;

  constructor(
    db: DatabaseSync,
    file: string,
    limits: CheckpointLimits,
    reached: (point: WritePoint) => void,
  ) {
    this.#file = file;
    this.#limits = limits;
    this.#reached = reached;
    this.#look = db.prepare('pragma wal_checkpoint(noop)');
    this.#passive = db.prepare('pragma wal_checkpoint(passive)');
    this.#truncate = db.prepare('pragma wal_checkpoint(truncate)');
  }

  /** How long the log was after the last commit of this connection. Pages. */
  get logPages(): number {
    return this.#logPages;
  }

  /**
   * To be called after each commit, outside any transaction. Never throws: the commit is on disk whatever becomes of the
   * checkpoint, and a lasting problem shows in the next commit.
   */
  afterCommit(): void {
    const { log, checkpointed } = this.#look.get() as unknown as LogState;
    const backlog = log - checkpointed;
    // What is copied to the last page makes the next commit begin the log anew.
    this.#logPages = backlog === 0 ? 0 : log;
    if (log <= this.#limits.startPages) this.#retryAbove = 0;
    if (log >= this.#limits.boundPages && log > this.#retryAbove) this.#copyHere(this.#truncate, log);
    else if (backlog >= this.#limits.startPages) this.#copyInThread(log);
    else if (log >= this.#limits.restartPages && backlog <= smallBacklogPages && log > this.#retryAbove) {
      this.#copyHere(this.#passive, log);
    }
  }

  /** Ends the thread and copies the whole log, so that the file alone is the store. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread !== null && !this.#isThreadLost) {
      const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      thread.ref();
      thread.postMessage('close');
      await ended;
    }
    this.#copyHere(this.#truncate, 0);
  }

  #copyHere(statement: StatementSync, log: number): void {
    this.#reached('checkpoint');
    this.#retryAbove = log + this.#limits.startPages;
    try {
      statement.get();
    } catch {
      // Busy or out of space: the log stays as it is, nothing is lost, and the next attempt comes after further growth.
    }
    this.#reached('checkpointed');
  }

  #copyInThread(log: number): void {
    if (this.#isThreadLost) {
      if (log > this.#retryAbove) this.#copyHere(this.#passive, log);
      return;
    }
    if (this.#isThreadBusy) return;
    this.#isThreadBusy = true;
    this.#thread ??= this.#startThread();
    this.#thread.postMessage('checkpoint');
  }

  #startThread(): Worker {
    // Beside the source the entry is a .ts file, in the built package a .js file.
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const thread = new Worker(new URL(`./checkpoint-thread.${ending}`, import.meta.url), {
      workerData: this.#file,
      execArgv: [],
    });
    thread.on('message', (_answer: CheckpointAnswer) => {
      this.#isThreadBusy = false;
    });
    thread.on('error', () => {
      this.#isThreadLost = true;
    });
    thread.on('exit', () => {
      this.#isThreadLost = true;
    });
    thread.unref();
    return thread;
  }
}
