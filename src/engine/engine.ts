import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Definition } from './definition.ts';
import type { MessageSend, SendResult } from './model/message.ts';
import type { RunNumber, RunRecord } from './model/run.ts';
import type { AppendResult, PartitionName, TopicAppend } from './model/topic.ts';
import type { WaitRecord } from './model/wait.ts';
import type { WorkerNumber } from './model/worker.ts';
import type { RestListener } from './rest-listeners.ts';
import type { PayloadCodec, PayloadLimits, Payloads } from './payloads.ts';
import type { PayloadStore } from './ports/payload-store.ts';
import type { GuardedChange, GuardedResult, RunStart, StartResult, Store } from './ports/store.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** What an engine is made of. */
export interface EngineOptions {
  readonly store: Store;
  readonly payloadStore: PayloadStore;
  readonly definitions: readonly Definition[];
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Compresses or encrypts payloads. Default: none. */
  readonly codec: PayloadCodec | null;
  readonly limits: PayloadLimits;
  /** For people: who this process is. */
  readonly name: string;
  /** How long the others must believe that this worker lives without a sign of it. Milliseconds, default 10,000. */
  readonly leaseMs: number;
  /**
   * How often the worker looks by itself: renews its lease, releases idle runs, prunes. Milliseconds, default 1,000, at most a
   * third of the lease. Null for never, so that a virtual clock can skip from one thing that happens to the next; the lease is
   * not renewed then and must outlast the engine.
   */
  readonly tickMs?: number | null;
  /** How many runs may be in memory. Default 10,000. */
  readonly liveRunsMax: number;
  /** How long a resting run stays in memory. Milliseconds, default 2,000. */
  readonly idleMs: number;
  /** How long finished runs are kept. Milliseconds; null for ever. Default null. */
  readonly retentionMs?: number | null;
  /** Replay each run at every rest and compare (L2); for development and tests. Default false. */
  readonly verifyReplay: boolean;
  /** What this process does beside executing definitions, for the other workers to see in its registration. Default: nothing. */
  readonly roles?: () => readonly string[];
}

/** Told where this process appended records. */
export type AppendListener = (name: PartitionName) => void;

/** Told the ids of runs of which nothing is left. */
export type RunsGoneListener = (ids: readonly string[]) => void;

/** Told of a wait for an event that is on disk. */
export type EventWaitListener = (wait: WaitRecord) => void;

/** The durable engine of one process: starts runs, carries messages, and, once started, executes runs. */
export interface Engine {
  readonly store: Store;
  readonly payloads: Payloads;
  readonly clock: Clock;
  readonly random: Random;
  readonly definitions: readonly Definition[];
  findDefinition(name: string): Definition | undefined;
  /** Exchanges the code; runs in memory are released first and go on with the new one. */
  replaceDefinitions(definitions: readonly Definition[]): Promise<void>;
  /**
   * Resolves when the run is on disk. A working engine takes it at once if `wakeAt` is 0; `owner` of the argument is ignored.
   * @throws TUTTI_STORE_*: nothing was started.
   */
  startRun(start: RunStart): Promise<StartResult>;
  /** Resolves when the message is on disk or was refused. @throws TUTTI_STORE_*: it was not accepted. */
  send(send: MessageSend): Promise<SendResult>;
  /** Resolves when the records are on disk, were there before, or were refused. @throws TUTTI_STORE_*: none was stored. */
  append(append: TopicAppend): Promise<AppendResult>;
  /** Calls back after records were appended by this process, with the partition's name. Returns how to stop listening. */
  onAppended(listener: AppendListener): () => void;
  /** Calls back after this process stored a wait for an event. Returns how to stop listening. */
  onEventWait(listener: EventWaitListener): () => void;
  /**
   * Writes a guarded group together with whatever else is on its way to disk. Resolves when it is on disk or its conditions
   * did not hold; `owner` of its starts is ignored. After a crash before that, all of it is there or nothing.
   * @throws TUTTI_STORE_*: nothing of it was written.
   */
  change(group: GuardedChange): Promise<GuardedResult>;
  /**
   * Sets how many slots a pool has, for all workers; null leaves it to the requests again. Resolves when it is on disk and
   * those in line that fit now have been granted.
   * @throws TUTTI_OPTION_INVALID, TUTTI_STORE_*
   */
  setPoolLimit(pool: string, limit: number | null): Promise<void>;
  /**
   * Checks and completes an answer to a question of a run.
   * @throws TUTTI_INPUT_INVALID when the form refuses it.
   */
  acceptAnswer(run: RunNumber, key: string, answer: unknown): Promise<unknown>;
  /**
   * Whether the code at hand can replay a run's journal without the entries at these positions; nothing is begun or written.
   * False without the run or its code.
   */
  fits(run: RunNumber, drop: readonly number[]): Promise<boolean>;
  /**
   * Calls back when this run ended or paused here, and after commits of other processes, in which it may have. Returns how to
   * stop listening.
   */
  onRest(run: RunNumber, listener: RestListener): () => void;
  /** Calls back with ids of runs that this process deleted (`retentionMs`), no generation being left. Returns how to stop listening. */
  onRunsGone(listener: RunsGoneListener): () => void;
  /**
   * The open run of this id if it is in memory here, as it was when it was taken up: who waits for its end needs no more of it.
   * Nothing is read.
   */
  findHere(id: string): RunRecord | undefined;
  /** Grows whenever listeners are told: a run that was read before, and still is unfinished, may have ended if this has grown. */
  readonly restsTold: number;
  /**
   * Resolves when nothing moves here by itself: no commit, delivery, claim or comparison is under way, and every run in memory
   * waits, or waits for the body of a step. What time (the next try of a refused commit included) or others will set off does
   * not count. Resolves too once the signal is aborted. For tests.
   */
  settled(signal?: AbortSignal): Promise<void>;
  /** Under which number this process may write now; null while it does not work. */
  readonly worker: WorkerNumber | null;
  /** In how many runs a step's body is running. */
  readonly bodiesRunning: number;
  /** Begins to execute runs. */
  start(): Promise<void>;
  /** Stops taking runs, lets bodies finish for a while, releases everything. */
  stop(): Promise<void>;
}
