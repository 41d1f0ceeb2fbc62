import type { Logger } from '../base/logger.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Definition, Engine, RunRecord } from '../engine/index.ts';
import {
  activeSpace,
  backfillSpace,
  readBackfill,
  readDates,
  resolveBackfill,
  type BackfillDate,
  type BackfillRecord,
} from './backfill-record.ts';
import { assetRules, ruleVersions, tendRule, type AssetRule } from './assets/asset-rule.ts';
import { bindPartitions } from './assets/bound-partitions.ts';
import type { AssetNotices } from './assets/with-assets.ts';
import { bindSchedules, type BoundSchedule } from './bound-schedule.ts';
import { createBackfill, planBackfill, type BackfillRequest, type PlannedDate } from './create-backfill.ts';
import { manualMoment } from './moments.ts';
import {
  readCell,
  readState,
  scheduleSpace,
  scheduleVersions,
  stateCell,
  type ScheduleState,
} from './schedule-state.ts';
import { plannedRuns, viewSchedule, type PlannedRun, type ScheduleView } from './schedule-view.ts';
import { cancelBackfill, pauseBackfill, resumeBackfill } from './steer-backfill.ts';
import { pruneBackfills } from './prune-backfills.ts';
import { tendBackfill } from './tend-backfill.ts';
import { Tender } from './tender.ts';
import { inputFor, tendSchedule } from './tend-schedule.ts';
import { triggeredStart } from './triggered-start.ts';

/** How a run is started by hand through a schedule. */
export interface ManualRun {
  /** Default: what the schedule would give it. */
  readonly input?: unknown;
  /** Default: `<schedule>/manual@<now>`. */
  readonly id?: string;
}

/** What can be said of a scheduler. */
export interface SchedulerOptions {
  /** How long ended backfills are kept, milliseconds; null for ever. */
  readonly retentionMs: number | null;
  /** How often what waits for a run is looked at, in case its end was not heard of. Milliseconds, default 10,000; null for never. */
  readonly safetyMs?: number | null;
}

const safetyDefaultMs = 10_000;
/** Backfills listed at most. */
const backfillsMax = 1_000;

/**
 * Schedules and backfills of one engine. What it is asked to change is on disk when its promise resolves, whether it works or not;
 * between `start` and `stop` it also makes schedules fire and lets backfills go on.
 */
export class Scheduler {
  readonly #engine: Engine;
  readonly #schedules: Tender;
  readonly #backfills: Tender;
  readonly #assets: Tender;
  readonly #logger: Logger;
  readonly #retentionMs: number | null;
  #pruning: Promise<void> = Promise.resolve();
  #bound: readonly BoundSchedule[];
  #rules: readonly AssetRule[];
  /** What backfills go by where there is no schedule. */
  #partitions: readonly BoundSchedule[];

  /** @throws TUTTI_SCHEDULE_INVALID when the schedules of one definition are not told apart; TUTTI_DEFINITION_INVALID */
  constructor(
    engine: Engine,
    logger: Logger,
    notices: AssetNotices,
    options: SchedulerOptions = { retentionMs: null },
  ) {
    this.#engine = engine;
    this.#logger = logger;
    this.#retentionMs = options.retentionMs;
    const { safetyMs = safetyDefaultMs } = options;
    this.#bound = bindSchedules(engine.definitions);
    this.#rules = assetRules(engine.definitions);
    this.#partitions = bindPartitions(engine.definitions);
    this.#schedules = new Tender({
      engine,
      logger,
      safetyMs,
      kind: 'schedule',
      find: () => scheduleVersions(engine, this.#bound),
      step: (id) => tendSchedule(engine, this.find(id)),
    });
    this.#backfills = new Tender({
      engine,
      logger,
      safetyMs,
      kind: 'backfill',
      find: () => this.#activeBackfills(),
      step: (id) => tendBackfill(engine, id),
    });
    this.#assets = new Tender({
      engine,
      logger,
      safetyMs,
      kind: 'rule over assets',
      find: async () => {
        const keys = await Promise.all(this.#rules.map((rule) => ruleVersions(engine, rule)));
        return new Map(keys.flatMap((found) => [...found]));
      },
      step: (key) => tendRule(engine, this.#rule(key), key),
    });
    notices.listen(() => this.#assets.refresh());
  }

  /** Begins to fire and to fill; the engine must work. */
  start(): void {
    this.#schedules.start();
    this.#backfills.start();
    this.#assets.start();
    this.#prune();
  }

  /** Stops; what was under way is done by the next worker. */
  async stop(): Promise<void> {
    await Promise.all([this.#schedules.stop(), this.#backfills.stop(), this.#assets.stop(), this.#pruning]);
  }

  /** Takes the schedules of these definitions instead. @throws TUTTI_SCHEDULE_INVALID: the old ones stay. */
  replace(definitions: readonly Definition[]): void {
    const rules = assetRules(definitions);
    this.#bound = bindSchedules(definitions);
    this.#rules = rules;
    this.#partitions = bindPartitions(definitions);
    this.#schedules.refresh();
    this.#assets.refresh();
  }

  /** Resolves when nothing is decided or let go at the moment. For tests. */
  async settled(): Promise<void> {
    await this.#schedules.settled();
    await this.#backfills.settled();
    await this.#assets.settled();
    await this.#pruning;
  }

  /** The schedule of this id, or the only one of a definition. @throws TUTTI_SCHEDULE_NOT_FOUND with the nearest one. */
  find(id: string): BoundSchedule {
    const found = this.#lookUp(id);
    if (found !== undefined) return found;
    throw notFound(this.#engine, id, this.#bound);
  }

  /** What a backfill can go by: a schedule, or the partitions of an asset. @throws TUTTI_SCHEDULE_NOT_FOUND with the nearest one. */
  findFillable(id: string): BoundSchedule {
    const found = this.#lookUp(id) ?? this.#partitions.find((bound) => bound.id === id);
    if (found !== undefined) return found;
    throw notFound(this.#engine, id, [...this.#bound, ...this.#partitions]);
  }

  #lookUp(id: string): BoundSchedule | undefined {
    const exact = this.#bound.find((bound) => bound.id === id);
    if (exact !== undefined) return exact;
    const ofDefinition = this.#bound.filter(({ definition }) => definition.name === id);
    const [only] = ofDefinition;
    return ofDefinition.length === 1 ? only : undefined;
  }

  /** Every schedule there is code for, as it stands. */
  list(): Promise<readonly ScheduleView[]> {
    return Promise.all(this.#bound.map((bound) => viewSchedule(this.#engine, bound)));
  }

  /** @throws TUTTI_SCHEDULE_NOT_FOUND */
  async show(id: string): Promise<ScheduleView> {
    return viewSchedule(this.#engine, this.find(id));
  }

  /** The next runs, in order, as if the schedule were not paused. @throws TUTTI_SCHEDULE_NOT_FOUND */
  async next(id: string, count: number): Promise<readonly PlannedRun[]> {
    const bound = this.find(id);
    return plannedRuns(bound, (await readState(this.#engine, bound)).state.cursor, count);
  }

  /** Stops a schedule from firing until it is resumed. @throws TUTTI_SCHEDULE_NOT_FOUND, TUTTI_STATE_CONFLICT if it is paused. */
  pause(id: string, reason: string): Promise<ScheduleView> {
    const pausedAt = this.#engine.clock.now();
    return this.#change(id, (state) => (state.pausedAt === null ? { pausedAt, pauseReason: reason } : null));
  }

  /** Lets it fire again; what it missed is subject to its catch-up policy. @throws TUTTI_SCHEDULE_NOT_FOUND, TUTTI_STATE_CONFLICT */
  resume(id: string): Promise<ScheduleView> {
    return this.#change(id, (state) =>
      state.pausedAt === null ? null : { pausedAt: null, pauseReason: null },
    );
  }

  /**
   * Starts a run now, about the last complete interval or about this moment. The schedule's cursor stays where it is.
   * @throws TUTTI_SCHEDULE_NOT_FOUND, TUTTI_INPUT_INVALID, TUTTI_RUN_ID_TAKEN: nothing was started.
   */
  async trigger(id: string, manual: ManualRun = {}): Promise<RunRecord> {
    const bound = this.find(id);
    const now = this.#engine.clock.now();
    const moment = manualMoment(bound, now);
    const runId = manual.id ?? `${bound.id}/manual@${new Date(now).toISOString()}`;
    const start = await triggeredStart(this.#engine, {
      id: runId,
      definition: bound.definition,
      input: manual.input === undefined ? inputFor(bound, moment) : manual.input,
      trigger: {
        by: 'manual',
        schedule: bound.id,
        interval: moment.interval,
        backfill: null,
        ignoresPast: false,
        previousRun: null,
        partition: null,
      },
      onConflict: 'refuse',
      wakeAt: 0,
    });
    const { created, run } = await this.#engine.startRun(start);
    if (created) return run;
    throw new TuttiError('TUTTI_RUN_ID_TAKEN', `Run '${runId}' exists already: it is ${run.state}.`, {
      details: { id: runId, state: run.state },
    });
  }

  /** What a backfill would do; nothing is written. @throws TUTTI_SCHEDULE_NOT_FOUND, TUTTI_BACKFILL_INVALID */
  async planBackfill(schedule: string, request: BackfillRequest): Promise<readonly PlannedDate[]> {
    return planBackfill(this.#engine, this.findFillable(schedule), request);
  }

  /** @throws TUTTI_SCHEDULE_NOT_FOUND, TUTTI_BACKFILL_INVALID, TUTTI_BACKFILL_ACTIVE, TUTTI_INPUT_INVALID: nothing was created. */
  async createBackfill(schedule: string, request: BackfillRequest): Promise<BackfillRecord> {
    const record = await createBackfill(this.#engine, this.findFillable(schedule), request);
    this.#backfills.nudge(record.id);
    this.#prune();
    return record;
  }

  /** Every backfill, the newest first. */
  async listBackfills(): Promise<readonly BackfillRecord[]> {
    const cells = await this.#engine.store.listCells(backfillSpace, { limit: backfillsMax });
    const records = await Promise.all(cells.map((cell) => readCell<BackfillRecord>(this.#engine, cell)));
    return records.toReversed();
  }

  /** @throws TUTTI_BACKFILL_NOT_FOUND */
  async showBackfill(id: string): Promise<BackfillRecord> {
    return (await readBackfill(this.#engine, await this.#resolve(id))).record;
  }

  /** Dates of a backfill from a position on, in its order. */
  async backfillDates(
    id: string,
    page: { readonly from: number; readonly limit: number },
  ): Promise<readonly BackfillDate[]> {
    return readDates(this.#engine, await this.#resolve(id), page);
  }

  /** @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT if it is not running. */
  async pauseBackfill(id: string, reason: string): Promise<BackfillRecord> {
    return this.#steered(pauseBackfill(this.#engine, await this.#resolve(id), reason));
  }

  /** @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT if it is not paused. */
  async resumeBackfill(id: string): Promise<BackfillRecord> {
    return this.#steered(resumeBackfill(this.#engine, await this.#resolve(id)));
  }

  /** @throws TUTTI_BACKFILL_NOT_FOUND, TUTTI_STATE_CONFLICT if it has ended. */
  async cancelBackfill(id: string, reason: string): Promise<BackfillRecord> {
    return this.#steered(cancelBackfill(this.#engine, await this.#resolve(id), reason));
  }

  async #steered(steering: Promise<BackfillRecord>): Promise<BackfillRecord> {
    const record = await steering;
    this.#backfills.nudge(record.id);
    return record;
  }

  /** Deletes what is too old; one that fails is tried again with the next. */
  #prune(): void {
    if (this.#retentionMs === null) return;
    const endedBefore = this.#engine.clock.now() - this.#retentionMs;
    this.#pruning = this.#pruning
      .then(() => pruneBackfills(this.#engine, endedBefore))
      .catch((error: unknown) =>
        this.#logger.warn('Ended backfills were not deleted.', { error: String(error) }),
      );
  }

  #rule(key: string): AssetRule {
    const name = key.split('|')[0] ?? key;
    const rule = this.#rules.find(({ definition }) => definition.name === name);
    if (rule !== undefined) return rule;
    throw new TuttiError('TUTTI_DEFINITION_NOT_FOUND', `No definition '${name}' waits for assets any more.`);
  }

  #resolve(id: string): Promise<string> {
    return resolveBackfill(this.#engine, id);
  }

  /** Active backfills with the versions of their cells; few, and each is read for itself. */
  async #activeBackfills(): Promise<ReadonlyMap<string, number>> {
    const cells = await this.#engine.store.listCells(activeSpace, { limit: backfillsMax });
    const ids = await Promise.all(cells.map((cell) => readCell<string>(this.#engine, cell)));
    const { store } = this.#engine;
    const found = await Promise.all(ids.map((id) => store.getCell(backfillSpace, id)));
    return new Map(ids.map((id, index) => [id, found[index]?.version ?? 0]));
  }

  async #change(
    id: string,
    change: (state: ScheduleState) => Partial<ScheduleState> | null,
  ): Promise<ScheduleView> {
    const bound = this.find(id);
    const engine = this.#engine;
    for (;;) {
      const { state, version } = await readState(engine, bound);
      const changed = change(state);
      if (changed === null) throw refused(bound, state);
      const { applied } = await engine.change({
        when: [{ space: scheduleSpace, key: bound.id, version }],
        cells: [stateCell(engine, bound, { ...state, ...changed })],
        starts: [],
        sends: [],
      });
      if (!applied) continue;
      this.#schedules.nudge(bound.id);
      return viewSchedule(engine, bound);
    }
  }
}

function refused(bound: BoundSchedule, state: ScheduleState): TuttiError {
  const stands =
    state.pausedAt === null ? 'is not paused' : `is paused since ${new Date(state.pausedAt).toISOString()}`;
  return new TuttiError('TUTTI_STATE_CONFLICT', `Schedule '${bound.id}' ${stands}.`, {
    details: { schedule: bound.id },
  });
}

function notFound(engine: Engine, id: string, bound: readonly BoundSchedule[]): TuttiError {
  const ids = bound.map((known) => known.id);
  const named = ids.filter((known) => known.startsWith(`${id}/`));
  const nearest = nearestName(id, ids);
  const hint =
    named.length > 0
      ? `its schedules are ${named.join(', ')}`
      : nearest === undefined
        ? ids.length === 0
          ? 'no definition that is loaded has one'
          : `there are ${ids.join(', ')}`
        : `did you mean '${nearest}'?`;
  const has = named.length > 0 ? 'several schedules' : 'no schedule';
  const what =
    engine.findDefinition(id) === undefined ? `No schedule has the id '${id}'` : `'${id}' has ${has}`;
  return new TuttiError('TUTTI_SCHEDULE_NOT_FOUND', `${what}; ${hint}.`, {
    details: { schedule: id, ...(nearest === undefined ? {} : { nearest }) },
  });
}
