/**
 * A subscription's reader of one partition, in the hands of one worker: reads, filters, hands out, tries again, gives up.
 *
 * Owns: its place in the log, the scheduler with what is in memory, the parked events, the cursor (through its keeper). What
 * becomes of events is written down by its Settlement.
 * In: wake-ups (records were appended, a timer, a handler returned). Out: calls of the handler, guarded commits.
 *
 * Invariants:
 * R1  Every event of the partition is settled once: by its handler, a filter, a drop of the flow control, or as a dead letter.
 * R2  Events of one key are handled in order; a failed one parks the later ones of its key behind it, and nobody else.
 * R3  Nothing is handled after the cursor was lost; what was under way then can commit nothing (K2).
 * R4  Where a former owner died, events are handled one by one, each announced on disk before: one that kills the process
 *     again and again is found, and becomes a dead letter.
 */
import type { TopicRecord, PartitionName } from '../../engine/index.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { Caution } from './caution.ts';
import { CursorKeeper, type ClaimedCursor } from './cursor-keeper.ts';
import type { ConsumerHost } from './consumer-host.ts';
import { examineRecord } from './examine-record.ts';
import { Scheduler, type Work } from './flow/scheduler.ts';
import type { Item } from './flow/flow-rules.ts';
import { KeyedStates, stateSpace } from './keyed-states.ts';
import { openFeed } from './open-feed.ts';
import { OvertakingFeed } from './overtaking-feed.ts';
import { Parking } from './parking.ts';
import type { RecordFeed } from './record-feed.ts';
import { restoreQuiet } from './restore-quiet.ts';
import { runHandler, type HandlerResult, type Outcome } from './run-handler.ts';
import { Settlement } from './settlement.ts';
import { WakeUp } from './wake-up.ts';
import { canceledByLater, HandlerAbort, takenOver } from './handler-aborts.ts';

/** Parked events beyond which no more are read: their list lies in one cell. */
const parkedMax = 10_000;

type Event = PublishedEvent;

/** See the top of the file. */
export class Consumer {
  readonly settings: SubscriptionSettings;
  readonly cursorName: string;
  readonly #host: ConsumerHost;
  readonly #keeper: CursorKeeper;
  readonly #scheduler: Scheduler<Event>;
  readonly #parking: Parking;
  readonly #settlement: Settlement;
  readonly #states: KeyedStates;
  readonly #caution: Caution;
  readonly #aborts = new Map<Work<Event>, HandlerAbort>();
  readonly #feed: RecordFeed | OvertakingFeed;
  #handling = 0;
  #isPumping = false;
  #mustPumpAgain = false;
  #isStopping = false;
  /** Its subscription is about to be paused: nothing is handed out any more. */
  #isPausing = false;
  readonly #wakeUp: WakeUp;

  constructor(host: ConsumerHost, settings: SubscriptionSettings, claimed: ClaimedCursor) {
    this.#host = host;
    this.#wakeUp = new WakeUp(host.engine.clock, () => this.wake());
    this.settings = settings;
    this.cursorName = claimed.key.split('/')[1] ?? settings.name;
    this.#keeper = new CursorKeeper(host.engine, claimed, {
      parts: () => ({
        parked: this.#parking.record(this.#scheduler.quiet?.all ?? []),
        ...this.#caution.record,
      }),
      cells: () => host.rates.cells.changes(this.#scheduler, this.#now()),
      conditions: (cells) => this.#states.conditions(cells),
      onWritten: (cells, versions) => this.#states.written(cells, versions),
      onLost: () => this.#lost(),
    });
    this.#parking = new Parking(claimed.cursor.parked);
    this.#scheduler = new Scheduler(settings.flow, host.rates.saved);
    this.#states = new KeyedStates(host.engine, stateSpace(settings.topic.name, this.cursorName));
    this.#feed = openFeed(settings, host.log, this.#keeper, claimed.cursor);
    this.#caution = new Caution(claimed.cursor);
    this.#settlement = new Settlement({
      settings,
      cursorName: this.cursorName,
      log: host.log.name,
      engine: host.engine,
      keeper: this.#keeper,
      parking: this.#parking,
      caution: this.#caution,
    });
  }

  /** The log it reads. */
  get logName(): PartitionName {
    return this.#host.log.name;
  }

  get isLost(): boolean {
    return this.#keeper.isLost;
  }

  /** Whether nothing is under way and nothing waits that time alone will not bring. */
  get isIdle(): boolean {
    return !this.#isPumping && this.#scheduler.size === 0 && this.#feed.isEmpty;
  }

  /** Whether it reads, hands out or writes just now. */
  get isMoving(): boolean {
    return !this.isLost && (this.#isPumping || this.#keeper.isMoving);
  }

  /** What may wait for company on its way to the disk is written now. */
  hurry(): void {
    this.#keeper.hurry();
  }

  /** How many calls of the handler are under way. */
  get handling(): number {
    return this.#handling;
  }

  /** A side cursor that has come to its end. */
  get isFinished(): boolean {
    const { until } = this.#keeper.taken;
    return until !== null && this.#keeper.settled.next >= until && this.#parking.size === 0;
  }

  /** Takes up what a former owner left, and begins. */
  async begin(): Promise<void> {
    await restoreQuiet(this.#keeper.taken.parked, {
      log: this.#host.log,
      settlement: this.#settlement,
      scheduler: this.#scheduler,
      now: () => this.#now(),
    });
    this.wake();
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#isPumping) {
      this.#mustPumpAgain = true;
      return;
    }
    if (this.#isStopping || this.isLost) return;
    this.#isPumping = true;
    void this.#pumpUntilIdle();
  }

  /** Lets handlers finish for at most this long, gives the partition back, and ends. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#wakeUp.cancel();
    const { clock } = this.#host.engine;
    const until = clock.now() + graceMs;
    while (this.#scheduler.working.size > 0 && clock.now() < until && !this.isLost) {
      await new Promise<void>((resolve) => clock.setTimer(5, resolve));
    }
    for (const abort of this.#aborts.values()) abort.abort(takenOver());
    if (this.#scheduler.working.size === 0) await this.#keeper.release();
    else await this.#keeper.flushed();
  }

  /** Ends a side cursor that has come to its end: it leaves nothing behind, unless it is another's by now. */
  async finish(): Promise<void> {
    this.#isStopping = true;
    this.#wakeUp.cancel();
    await this.#keeper.finish();
  }

  /** Finds out soon whether the cursor is still ours. */
  touch(): void {
    this.#keeper.touch();
  }

  /** Looks whether the cursor is still ours, without writing it. @throws TUTTI_STORE_* */
  check(): Promise<void> {
    return this.#keeper.check();
  }

  /** Resolves when everything that was handled so far is on disk. */
  flushed(): Promise<void> {
    return this.#keeper.flushed();
  }

  // --- the pump ---

  async #pumpUntilIdle(): Promise<void> {
    do {
      this.#mustPumpAgain = false;
      try {
        await this.#pump();
      } catch (error) {
        this.#host.writer.logger.error('A subscription cannot go on; it tries again.', {
          subscription: this.settings.name,
          reason: String(error),
        });
        this.#wakeUp.at(this.#now() + 1_000);
        break;
      }
    } while (this.#mustPumpAgain && !this.#isStopping && !this.isLost);
    this.#isPumping = false;
  }

  async #pump(): Promise<void> {
    if (!this.#parking.isEmpty) await this.#retryDue();
    await this.#fill();
    const now = this.#now();
    const works = this.#isHalted ? [] : this.#scheduler.take(now, this.#isCareful);
    this.#settleDropped();
    for (const work of works) this.#start(work);
    const wakes = [this.#scheduler.nextWake(), this.#parking.nextDue()].filter((at) => at !== null);
    if (wakes.length > 0 && !this.#isStopping) this.#wakeUp.at(Math.min(...wakes));
  }

  #now(): number {
    return this.#host.engine.clock.now();
  }

  // --- reading ---

  /** Whether nothing is handed out any more. */
  get #isHalted(): boolean {
    return this.#isStopping || this.#isPausing || this.#keeper.taken.isPaused;
  }

  get #isReading(): boolean {
    return !this.#isHalted && !this.isLost;
  }

  /** Whether one more event may be taken into memory. */
  get #hasRoom(): boolean {
    if (!this.#isReading || this.#parking.size >= parkedMax) return false;
    // What waits for quiet is not tried: with it one would wait for the quiet of the other, and each alone.
    if (this.#isCareful) return this.#scheduler.size === (this.#scheduler.quiet?.size ?? 0);
    return this.#scheduler.size < this.settings.prefetch;
  }

  /** Whether what is read next must be tried alone (R4). */
  get #isCareful(): boolean {
    return this.#caution.appliesTo(this.#feed.readAt);
  }

  async #fill(): Promise<void> {
    const now = this.#now();
    while (this.#hasRoom) {
      const record = this.#feed.take();
      if (record === null) {
        if (!(await this.#feed.load()) || this.isLost) return;
      } else if (!this.#keeper.settled.has(record.offset)) {
        this.#consider(record, now);
      }
    }
    if (!this.#isReading || !(this.#feed instanceof OvertakingFeed)) return;
    // Memory is full: what is urgent among the rest is found, to be taken first when there is room.
    if (await this.#feed.lookAhead()) this.#mustPumpAgain = true;
  }

  #consider(record: TopicRecord, now: number): void {
    const { offset } = record;
    const lane = record.key ?? `#${offset}`;
    const { settings } = this;
    const examined = examineRecord(record, { settings, filter: this.#host.filter, log: this.logName, now });
    if (examined.kind === 'other') {
      this.#keeper.settled.add(offset);
      this.#keeper.touchLazily();
      return;
    }
    if (examined.kind === 'unreadable')
      return this.#settlement.giveUp(record, lane, { error: examined.error, attempts: 0 });
    this.#settlement.remember(record);
    const verdict = this.#caution.verdictOn(offset);
    if (verdict !== null) return this.#settlement.giveUp(record, lane, { error: verdict, attempts: 0 });
    if (this.#parking.has(lane) && examined.kind === 'event')
      return this.#settlement.parkBehind(lane, [offset]);
    this.#offer({ offset, lane, event: examined.event, attempts: 0 }, now);
  }

  #offer(item: Item<Event>, now: number): void {
    const isWaiting = this.#scheduler.offer(item, now);
    this.#settleDropped();
    const { quiet } = this.#scheduler;
    if (!isWaiting || quiet === null) return;
    this.#parking.waitForQuiet(item.offset, quiet.keyOf(item), now);
    this.#keeper.settled.add(item.offset);
    this.#keeper.touch();
  }

  // --- handing out ---

  #start(work: Work<Event>): void {
    const items = this.#parking.isEmpty ? work.items : this.#settlement.parkBlocked(work.items);
    if (items.length === 0) {
      this.#scheduler.ended(work);
      this.#mustPumpAgain = true;
      return;
    }
    void this.#handle(work, items);
  }

  async #handle(work: Work<Event>, items: readonly Item<Event>[]): Promise<void> {
    const abort = new HandlerAbort();
    this.#aborts.set(work, abort);
    const [first] = items;
    let wasHandled: (() => void) | null = null;
    if (first !== undefined && this.#caution.appliesTo(first.offset)) {
      // R4: what is about to be handled is on disk before it can do harm.
      wasHandled = await this.#caution.announce(first.offset, () => this.#keeper.written());
    }
    if (this.isLost) return;
    const { settings, cursorName } = this;
    const call = { settings, cursorName, writer: this.#host.writer, states: this.#states, abort };
    this.#handling += 1;
    const result = await runHandler(call, items);
    this.#handling -= 1;
    wasHandled?.();
    this.#aborts.delete(work);
    // Aborted work was settled when it was dropped; work of a lost cursor is another's.
    if (this.isLost || !this.#scheduler.working.has(work)) return;
    this.#finish(items, result);
    this.#scheduler.ended(work);
    this.wake();
  }

  #finish(items: readonly Item<Event>[], { outcomes, effects }: HandlerResult): void {
    if (outcomes === null) this.#settlement.allDone(items);
    else {
      for (const [index, item] of items.entries()) {
        const outcome = outcomes[index];
        if (outcome !== undefined) this.#settle(item, outcome);
      }
    }
    if (effects === null) return;
    this.#states.accepted(effects);
    this.#keeper.stage(effects);
  }

  #settle(item: Item<Event>, outcome: Outcome): void {
    if (outcome.kind === 'done') return this.#settlement.done(item.lane, item.offset);
    if (outcome.kind === 'paused') void this.#pause(outcome.error.message);
    if (this.#settlement.failed(item, outcome) === 'given up') return;
    const behind = this.#scheduler.empty(item.lane).map(({ offset }) => offset);
    this.#settlement.parkBehind(item.lane, behind);
  }

  /** The subscription goes to nobody with its next commit, and is taken up again paused. */
  async #pause(because: string): Promise<void> {
    if (this.#isPausing) return;
    this.#isPausing = true;
    try {
      // What was delivered meanwhile is on disk first, so that it is not delivered again.
      await this.#keeper.flushed();
      if (!this.isLost) await this.#host.pause(because);
    } catch (error) {
      const fields = { subscription: this.settings.name, because, reason: String(error) };
      this.#host.writer.logger.error('A subscription cannot be paused now; it tries again.', fields);
      this.#isPausing = false;
      this.#wakeUp.at(this.#now() + 1_000);
    }
  }

  #settleDropped(): void {
    for (const { item } of this.#scheduler.takeDropped()) this.#settlement.done(item.lane, item.offset);
    for (const work of this.#scheduler.takeAborted()) {
      this.#aborts.get(work)?.abort(canceledByLater());
      this.#aborts.delete(work);
    }
  }

  // --- parked events ---

  async #retryDue(): Promise<void> {
    if (this.#isHalted) return;
    for (const { lane, offset, attempts } of this.#parking.takeDue(this.#now())) {
      if (this.#caution.appliesTo(offset) && this.#scheduler.size > 0) {
        this.#parking.putBack(lane);
        continue;
      }
      const record = await this.#host.log.readOne(offset);
      if (this.isLost) return;
      if (record === null) {
        this.#settlement.done(lane, offset);
        continue;
      }
      this.#settlement.remember(record);
      const verdict = this.#caution.verdictOn(offset);
      if (verdict !== null) {
        this.#settlement.giveUp(record, lane, { error: verdict, attempts });
        continue;
      }
      const event = this.#settlement.readOrGiveUp(record, lane, attempts);
      if (event !== null) this.#scheduler.readmit([{ offset, lane, event, attempts }], this.#now());
    }
  }

  #lost(): void {
    this.#wakeUp.cancel();
    for (const abort of this.#aborts.values()) abort.abort(takenOver());
    this.#host.onLost();
  }
}
