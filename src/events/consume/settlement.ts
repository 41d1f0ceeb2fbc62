/**
 * What becomes of the events of a consumer: done, parked until another try, or given up.
 *
 * Owns: the records of events that are in memory, until they are settled. Writes: the settled offsets and the staged dead
 * letters of the cursor's keeper, the parking, the caution, so that one commit tells of all of them together.
 */
import { retryDelay } from '../../base/backoff.ts';
import { toErrorRecord } from '../../base/error-record.ts';
import { isRetryable } from '../../base/retry-policy.ts';
import type { Engine, PartitionName, TopicRecord } from '../../engine/index.ts';
import { deadLetterCell } from '../dead-letters/dead-letter-cells.ts';
import type { PublishedEvent } from '../model/event.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import type { Caution } from './caution.ts';
import type { CursorKeeper } from './cursor-keeper.ts';
import type { Item } from './flow/flow-rules.ts';
import type { Parking } from './parking.ts';
import { readEvent } from './read-event.ts';
import type { Outcome } from './run-handler.ts';
import { StagedEffects } from './staged-effects.ts';

/** What a settlement works on. */
export interface SettlementParts {
  readonly settings: SubscriptionSettings;
  /** Names the subscription, or its side cursor. */
  readonly cursorName: string;
  readonly log: PartitionName;
  readonly engine: Engine;
  readonly keeper: CursorKeeper;
  readonly parking: Parking;
  readonly caution: Caution;
}

/** Why an event is given up. */
export interface GivenUp {
  readonly error: unknown;
  readonly attempts: number;
}

/** See the top of the file. */
export class Settlement {
  readonly #parts: SettlementParts;
  readonly #records = new Map<number, TopicRecord>();

  constructor(parts: SettlementParts) {
    this.#parts = parts;
  }

  /** The event of this record is in memory; should it fail, its bytes are at hand. */
  remember(record: TopicRecord): void {
    this.#records.set(record.offset, record);
  }

  /** The event needs no more work. */
  done(lane: string, offset: number): void {
    const { keeper, parking } = this.#parts;
    this.#records.delete(offset);
    parking.done(lane, offset);
    keeper.settled.add(offset);
    this.#settled([offset]);
  }

  /** The events need no more work: one advance for all of them. */
  allDone(items: readonly Item<PublishedEvent>[]): void {
    const { keeper, parking } = this.#parts;
    const [first] = items;
    if (first !== undefined && items.length === 1) return this.done(first.lane, first.offset);
    for (const { lane, offset } of items) {
      this.#records.delete(offset);
      parking.done(lane, offset);
    }
    const offsets = items.map(({ offset }) => offset);
    keeper.settled.addAll(offsets);
    this.#settled(offsets);
  }

  /**
   * A try failed: the event is parked until the next one, or given up. What waits behind a parked event must be parked with
   * it.
   */
  failed(item: Item<PublishedEvent>, outcome: Exclude<Outcome, { kind: 'done' }>): 'parked' | 'given up' {
    const { settings, parking, keeper, engine } = this.#parts;
    const { lane, offset } = item;
    const record = this.#records.get(offset);
    if (record === undefined) {
      this.done(lane, offset);
      return 'given up';
    }
    const isPaused = outcome.kind === 'paused';
    const isNoTry = isPaused || (outcome.kind === 'failed' && outcome.isStoreTrouble);
    const attempts = item.attempts + (isNoTry ? 0 : 1);
    const { error } = outcome;
    const { retry } = settings;
    const mayRetry =
      isNoTry || (attempts < retry.maximumAttempts && isRetryable(retry, toErrorRecord(error)));
    if (outcome.kind === 'dead' || !mayRetry) {
      this.giveUp(record, lane, { error, attempts });
      return 'given up';
    }
    const now = engine.clock.now();
    const asked = isPaused ? 0 : outcome.retryAfterMs;
    const delayMs = asked ?? retryDelay(retry, Math.max(1, attempts), engine.random);
    const reason = { attempts, dueAt: now + delayMs, now, error: String(error).slice(0, 500) };
    if (parking.isActive(lane, offset)) parking.retryLater(lane, reason);
    else {
      parking.park(lane, [offset], reason);
      this.#setAside(offset);
    }
    keeper.touch();
    return 'parked';
  }

  /** Parks events behind what is parked of their key. */
  parkBehind(lane: string, offsets: readonly number[]): void {
    if (offsets.length === 0) return;
    const { parking, keeper, engine } = this.#parts;
    parking.park(lane, offsets, { attempts: 0, dueAt: 0, now: engine.clock.now(), error: null });
    for (const offset of offsets) this.#setAside(offset);
    keeper.touch();
  }

  /** The event becomes a dead letter, and its key goes on. */
  giveUp(record: TopicRecord, lane: string, why: GivenUp): void {
    const { settings, cursorName, log, engine, keeper } = this.#parts;
    const effects = new StagedEffects();
    const place = { topic: settings.topic.name, partition: log.partition };
    const by = { subscription: settings.name, cursorName, at: engine.clock.now() };
    effects.cells.push(deadLetterCell({ place, ...by, record, ...why }));
    this.done(lane, record.offset);
    keeper.stage(effects);
  }

  /** Parks those of the events whose key was parked while they were in memory; gives the others. */
  parkBlocked(items: readonly Item<PublishedEvent>[]): readonly Item<PublishedEvent>[] {
    const { parking } = this.#parts;
    const blocked = items.filter(({ lane, offset }) => parking.has(lane) && !parking.isActive(lane, offset));
    for (const { lane, offset } of blocked) this.parkBehind(lane, [offset]);
    return blocked.length === 0 ? items : items.filter((item) => !blocked.includes(item));
  }

  /** Code that was replaced meanwhile may not understand an event that was understood when it was parked. */
  readOrGiveUp(record: TopicRecord, lane: string, attempts: number): PublishedEvent | null {
    const { settings, log } = this.#parts;
    try {
      return readEvent(record, log, settings.topic);
    } catch (error) {
      this.giveUp(record, lane, { error, attempts });
      return null;
    }
  }

  #settled(offsets: readonly number[]): void {
    const { keeper, parking, caution } = this.#parts;
    const open = Math.min(keeper.settled.next, parking.lowest() ?? Number.POSITIVE_INFINITY);
    for (const offset of offsets) caution.settled(offset, open);
    keeper.touch();
  }

  /** The watermark passes the event, the list of parked ones keeps it. */
  #setAside(offset: number): void {
    this.#parts.keeper.settled.add(offset);
    this.#records.delete(offset);
  }
}
