import { TuttiError } from '../base/tutti-error.ts';
import {
  decodeRunInput,
  type Engine,
  type MessageKind,
  type RunFilter,
  type RunRecord,
} from '../engine/index.ts';
import type { EventsRuntime } from '../events/index.ts';
import type { Scheduler } from '../schedules/index.ts';
import { findExactRun, resolveRun } from './address.ts';
import { cancelingEvents } from './canceling-events.ts';
import { answerApproval, listApprovals } from './approvals.ts';
import type {
  ApprovalView,
  ClearRequest,
  ClearView,
  Client,
  DefinitionView,
  EngineStatus,
  EntryView,
  MarkRequest,
  LogQuery,
  LogView,
  RunDetail,
  RunOutcome,
  RunQuery,
  StartOptions,
  TasksView,
} from './client.ts';
import type { RunView } from './run-view.ts';
import type { AssetClient } from './asset-client.ts';
import { localAssetClient } from './local-asset-client.ts';
import { localScheduleClient } from './local-schedule-client.ts';
import { localTopicClient } from './local-topic-client.ts';
import type { ScheduleClient } from './schedule-client.ts';
import type { TopicClient } from './topic-client.ts';
import type { GraphView } from '../pipelines/index.ts';
import { clearTasks, markTasks, showGraph, showTasks } from './pipeline-runs.ts';
import { readLog } from './run-log.ts';
import { sendMessage } from './send-message.ts';
import { instant, retryRun, startRun } from './start-run.ts';
import { readResult, viewDefinition, viewEntry, viewRun, viewRuns, viewWait } from './views.ts';
import { WorkerNames } from './worker-names.ts';
import { waitForRest } from './wait-for-rest.ts';

const pageDefault = 100;
const pageMax = 1000;
const historyDefault = 1000;
/** How many entries `showRun` gives. */
const recentMax = 20;

/** What the client of a process is made of. */
export interface LocalClientOptions {
  readonly engine: Engine;
  readonly scheduler: Scheduler;
  /** The runtime of topics at the moment; it is exchanged together with the code. */
  readonly events: () => EventsRuntime;
  /** Whether this process executes runs at the moment. */
  readonly isStarted: () => boolean;
  /** Module file by definition name. */
  readonly sources: ReadonlyMap<string, string>;
  readonly version: string;
  readonly storeInfo: EngineStatus['store'];
}

/** The client in the engine's own process. */
export function createLocalClient(options: LocalClientOptions): Client {
  const workerNames = new WorkerNames(options.engine.store);
  const { engine, scheduler } = options;
  return Object.assign(
    new RunClient(options, workerNames),
    localScheduleClient({ engine, scheduler, workerNames }),
    localAssetClient(engine),
    localTopicClient(engine, options.events),
  );
}

/** What is not about schedules, assets or topics. */
class RunClient implements Omit<Client, keyof ScheduleClient | keyof AssetClient | keyof TopicClient> {
  readonly #options: LocalClientOptions;
  readonly #engine: Engine;
  readonly #workerNames: WorkerNames;

  constructor(options: LocalClientOptions, workerNames: WorkerNames) {
    this.#options = options;
    this.#engine = options.engine;
    this.#workerNames = workerNames;
  }

  async startRun(definition: string, input: unknown, options: StartOptions = {}): Promise<RunView> {
    const { cancelOn: named } = options;
    const cancelOn = named === undefined ? [] : cancelingEvents(this.#options.events(), named);
    return this.#view(await startRun(this.#engine, definition, input, { ...options, cancelOn }));
  }

  async waitForRun(id: string, options: { readonly timeoutMs?: number } = {}): Promise<RunOutcome> {
    const { restsTold } = this.#engine;
    // Most callers wait for what they have just started: it is in memory, and its row need not be read.
    const run = this.#engine.findHere(id) ?? (await this.#resolve(id));
    const rested = await waitForRest(this.#engine, { run, restsTold, timeoutMs: options.timeoutMs });
    return this.#outcome(rested ?? (await this.#engine.store.getRun(run.number)) ?? run);
  }

  async listRuns(query: RunQuery): Promise<readonly RunView[]> {
    const { store } = this.#engine;
    const { states, definition, idPrefix, after } = query;
    const last = after === undefined ? undefined : await findExactRun(store, after);
    if (last === null) throw new TuttiError('TUTTI_RUN_NOT_FOUND', `No run '${after}' to list after.`);
    const filter: RunFilter = {
      limit: Math.min(query.limit ?? pageDefault, pageMax),
      ...(states === undefined ? {} : { states }),
      ...(definition === undefined ? {} : { definition }),
      ...(idPrefix === undefined ? {} : { idPrefix }),
      ...(last === undefined ? {} : { before: last.number }),
    };
    return viewRuns(store, this.#workerNames, await store.listRuns(filter));
  }

  async showRun(id: string): Promise<RunDetail> {
    return this.#detail(await this.#resolve(id));
  }

  async readHistory(
    id: string,
    options: { readonly from?: number; readonly limit?: number } = {},
  ): Promise<readonly EntryView[]> {
    const { store, payloads } = this.#engine;
    const run = await this.#resolve(id);
    const limit = options.limit ?? historyDefault;
    const entries = await store.readJournal(run.number, options.from ?? 0, limit);
    return Promise.all(entries.map((entry) => viewEntry(payloads, entry)));
  }

  async readLogs(id: string, query: LogQuery = {}): Promise<readonly LogView[]> {
    return readLog(this.#engine.store, (await this.#resolve(id)).number, query);
  }

  async sendSignal(id: string, name: string, payload: unknown): Promise<void> {
    const run = await this.#resolve(id);
    const definition = this.#engine.findDefinition(run.definition);
    // A process without the code cannot check the payload; the run's own process will see it as it is.
    const accepted = definition === undefined ? payload : await definition.acceptSignal(name, payload);
    await this.#send(run, 'signal', name, accepted);
  }

  async cancelRun(id: string, reason: string): Promise<void> {
    await this.#send(await this.#resolve(id), 'cancel', 'cancel', reason);
  }

  async pauseRun(id: string, reason: string): Promise<void> {
    await this.#send(await this.#resolve(id), 'pause', 'pause', reason);
  }

  async resumeRun(id: string): Promise<void> {
    const run = await this.#resolve(id);
    if (run.endedAt !== null) throw finished(run);
    if (run.state !== 'paused') {
      throw new TuttiError(
        'TUTTI_STATE_CONFLICT',
        `Run '${run.id}' is ${run.state}; only a paused run can be resumed.`,
        {
          details: { id: run.id, state: run.state },
        },
      );
    }
    await this.#send(run, 'resume', 'resume', null);
  }

  async retryRun(id: string, options: { readonly fromStart?: boolean } = {}): Promise<RunView> {
    const run = await this.#resolve(id);
    return this.#view(await retryRun(this.#engine, run, options.fromStart === true));
  }

  async listApprovals(
    query: { readonly to?: string; readonly run?: string } = {},
  ): Promise<readonly ApprovalView[]> {
    return listApprovals(this.#engine, query);
  }

  async answerApproval(id: string, answer: unknown, by: string): Promise<ApprovalView> {
    return answerApproval(this.#engine, id, answer, by);
  }

  async listDefinitions(): Promise<readonly DefinitionView[]> {
    const { sources } = this.#options;
    return this.#engine.definitions.map((known) => viewDefinition(known, sources.get(known.name) ?? null));
  }

  async showGraph(definition: string): Promise<GraphView> {
    return showGraph(this.#engine, definition);
  }

  async showTasks(id: string): Promise<TasksView> {
    const run = await this.#resolve(id);
    const graph = showGraph(this.#engine, run.definition);
    const [detail, tasks] = await Promise.all([this.#detail(run), showTasks(this.#engine, run)]);
    return { run: detail, graph, tasks };
  }

  async clearTasks(id: string, request: ClearRequest): Promise<ClearView> {
    const { tasks, run } = await clearTasks(this.#engine, await this.#resolve(id), request);
    return { tasks, run: run === null ? null : await this.#view(run) };
  }

  async markTasks(id: string, request: MarkRequest): Promise<RunView> {
    return this.#view(await markTasks(this.#engine, await this.#resolve(id), request));
  }

  async status(): Promise<EngineStatus> {
    const { store } = this.#engine;
    const [runs, workers] = await Promise.all([store.countRuns(), store.listWorkers()]);
    return { version: this.#options.version, runs, workers, store: this.#options.storeInfo };
  }

  #resolve(id: string): Promise<RunRecord> {
    return resolveRun(this.#engine.store, id);
  }

  #view(run: RunRecord): Promise<RunView> {
    return viewRun(this.#engine.store, this.#workerNames, run);
  }

  async #outcome(run: RunRecord): Promise<RunOutcome> {
    return { ...(await this.#view(run)), ...(await readResult(this.#engine.payloads, run)) };
  }

  async #detail(run: RunRecord): Promise<RunDetail> {
    const { store, payloads } = this.#engine;
    const [waits, inbox, entries, children] = await Promise.all([
      store.listWaits({ run: run.number }),
      store.listInbox(run.number),
      store.readJournalEnd(run.number, recentMax),
      store.listRuns({ parent: run.number, limit: pageMax }),
    ]);
    const { input, trigger, cause } = decodeRunInput(await payloads.text(run.input));
    return {
      ...(await this.#outcome(run)),
      input,
      trigger,
      cause,
      waits: await Promise.all(waits.map((wait) => viewWait(payloads, run, wait))),
      inbox: inbox.length,
      recent: await Promise.all(entries.map((entry) => viewEntry(payloads, entry))),
      children: await viewRuns(store, this.#workerNames, children),
      codeMissing: await this.#isCodeMissing(run.definition),
    };
  }

  async #isCodeMissing(definition: string): Promise<boolean> {
    const { engine, isStarted } = this.#options;
    if (isStarted() && engine.findDefinition(definition) !== undefined) return false;
    const now = engine.clock.now();
    const workers = await engine.store.listWorkers();
    return !workers.some(
      (worker) =>
        worker.state === 'alive' && worker.leaseUntil > now && worker.definitions.includes(definition),
    );
  }

  async #send(run: RunRecord, kind: MessageKind, name: string, value: unknown): Promise<void> {
    const { outcome } = await sendMessage(this.#engine, run, { kind, name, value });
    if (outcome === 'accepted') return;
    if (outcome === 'finished') throw finished((await this.#engine.store.getRun(run.number)) ?? run);
    throw new TuttiError('TUTTI_RUN_NOT_FOUND', `Run '${run.id}' is gone.`, { details: { id: run.id } });
  }
}

function finished(run: RunRecord): TuttiError {
  return new TuttiError(
    'TUTTI_RUN_FINISHED',
    `Run '${run.id}' is ${run.state} since ${instant(run.endedAt ?? run.updatedAt)} and takes nothing more.`,
    { details: { id: run.id, generation: run.generation, state: run.state } },
  );
}
