import { TuttiError } from '../../base/tutti-error.ts';
import type {
  ClaimedRun,
  ClaimRequest,
  CommitBatch,
  CommitResult,
  RunNumber,
  RunRecord,
  RunStart,
  SendResult,
  MessageSend,
  Store,
  WorkerNumber,
  WorkerRegistration,
} from '../../engine/index.ts';
import { batch, runStart, startTime } from './builders.ts';
import { dumpStore } from './dump-store.ts';
import type { Expectation, OpenedStore, OpenStore, TestApi } from './test-api.ts';

/** How long the lease of a worker in the kit lasts, in milliseconds. */
export const leaseMs = 10_000;

/** One store under test with short words for what the tests do to it. */
export class Scene {
  readonly expect: (actual: unknown) => Expectation;
  readonly #opened: OpenedStore;
  #store: Store;

  constructor(opened: OpenedStore, expect: TestApi['expect']) {
    this.#opened = opened;
    this.#store = opened.store;
    this.expect = expect;
  }

  get store(): Store {
    return this.#store;
  }

  /** Goes on with what a restarted process would find. */
  async reopen(): Promise<void> {
    this.#store = await this.#opened.reopen();
  }

  /** A second handle; null when the store allows only one. */
  async second(): Promise<Store | null> {
    return (await this.#opened.second?.()) ?? null;
  }

  /** A living worker with the code of `greet`. */
  worker(parts: Partial<WorkerRegistration> = {}): Promise<WorkerNumber> {
    return this.store.registerWorker({
      name: 'host:1',
      now: startTime,
      leaseUntil: startTime + leaseMs,
      definitions: ['greet'],
      ...parts,
    });
  }

  commit(parts: Partial<CommitBatch>): Promise<CommitResult> {
    return this.store.commit(batch(parts));
  }

  /** Starts a run that nobody owns yet. */
  async pending(id: string, parts: Partial<RunStart> = {}): Promise<RunRecord> {
    const result = await this.commit({ starts: [runStart({ id, ...parts })] });
    return only(result.starts).run;
  }

  /** Starts a run that the worker owns at once. */
  async owned(worker: WorkerNumber, id: string, parts: Partial<RunStart> = {}): Promise<RunRecord> {
    const result = await this.commit({ worker, starts: [runStart({ id, owner: worker, ...parts })] });
    return only(result.starts).run;
  }

  /** Sends messages in the name of a client. */
  async send(...sends: readonly MessageSend[]): Promise<readonly SendResult[]> {
    return (await this.commit({ sends })).sends;
  }

  /** Claims runs of `greet` at the start time. */
  claim(worker: WorkerNumber, parts: Partial<ClaimRequest> = {}): Promise<readonly ClaimedRun[]> {
    return this.store.claim({ worker, now: startTime, runsMax: 100, definitions: ['greet'], ...parts });
  }

  /** The ids of the runs that a claim gives. */
  async claimedIds(worker: WorkerNumber, parts: Partial<ClaimRequest> = {}): Promise<readonly string[]> {
    return (await this.claim(worker, parts)).map((claimed) => claimed.run.id);
  }

  async run(number: RunNumber): Promise<RunRecord> {
    const run = await this.store.getRun(number);
    if (run === null) throw new TuttiError('TUTTI_CHECK_FAILED', `Run number ${number} is gone.`);
    return run;
  }

  /** The names in a run's journal, in order. */
  async journalNames(run: RunNumber): Promise<readonly string[]> {
    return (await this.store.readJournal(run, 0, 1000)).map((found) => found.name);
  }

  /**
   * Expects that the attempt is refused with the code and leaves nothing behind (S1). Entry by entry, so that a store
   * that wrote only a part of a batch is found out.
   */
  async expectRefused(code: string, attempt: () => Promise<unknown>): Promise<void> {
    const before = await dumpStore(this.store);
    const outcome = await attempt().then(
      () => 'accepted',
      (error: unknown) => (error instanceof TuttiError ? error.code : error),
    );
    this.expect(outcome).toBe(code);
    this.expect(await dumpStore(this.store)).toEqual(before);
  }
}

/** The only element of a list. */
export function only<T>(list: readonly T[]): T {
  const [first] = list;
  if (first === undefined || list.length !== 1) {
    throw new TuttiError('TUTTI_CHECK_FAILED', `Expected exactly one element, got ${list.length}.`);
  }
  return first;
}

/** Declares one test: a claim about every store, with a new store that is closed afterwards. */
export type Claim = (name: string, body: (scene: Scene) => Promise<void>) => void;

/** The `Claim` of one store and test runner. */
export function claimsOf(openStore: OpenStore, api: TestApi): Claim {
  return (name, body) => {
    api.it(name, async () => {
      const opened = await openStore();
      try {
        await body(new Scene(opened, api.expect));
      } finally {
        await opened.close();
      }
    });
  };
}
