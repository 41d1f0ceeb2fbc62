/**
 * Reads one partition for the runs that wait for its events.
 *
 * Owns: the position up to which all its waits are searched, and the side scans of waits that begin behind it. What it knows
 * is in memory only. It may be wrong about what is open (a wait that ended elsewhere), and another worker may read the same
 * partition: the store judges every answer (`onlyIfWaiting`), so neither gives a run an event twice.
 *
 * Invariants:
 * W1  A wait joins the others only when everything between its own first offset and theirs has been searched for it, so the
 *     first event it is sent is the first in the partition that fits.
 * W2  The position passes a record only when the answers it gave are on disk.
 */
import type { Logger } from '../../base/logger.ts';
import { isTuttiError } from '../../base/tutti-error.ts';
import type { Engine, TopicRecord } from '../../engine/index.ts';
import type { PartitionLog } from '../consume/partition-log.ts';
import { readEvent } from '../consume/read-event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import { readAttributes } from '../publish/event-attributes.ts';
import type { OpenWait } from './open-wait.ts';
import { sendAnswers, type WaitAnswer } from './wait-answer.ts';
import { WaitIndex } from './wait-index.ts';

/** What a scanner is made of. */
export interface WaitScannerOptions {
  readonly engine: Engine;
  readonly topic: TopicSettings;
  readonly log: PartitionLog;
  readonly logger: Logger;
  /** This wait was answered, or turned out to be over. */
  readonly onAnswered: (wait: OpenWait) => void;
}

/** A wait, and where to begin to search for it here. */
export interface Newcomer {
  readonly wait: OpenWait;
  readonly from: number;
}

/** How long to wait before something is tried again that the store refused. Milliseconds. */
const retryDelayMs = 200;

/** A group of waits on its way through the log. */
interface Scan {
  readonly index: WaitIndex;
  /** Where each of them begins, as far as that lies ahead. */
  readonly starts: Map<string, number>;
  next: number;
  /** Where the first of those begins that joined while a step was under way. */
  joinedFrom: number;
}

/** See the top of the file. */
export class WaitScanner {
  readonly #options: WaitScannerOptions;
  readonly #main: Scan = emptyScan(0);
  readonly #sides = new Set<Scan>();
  #newcomers: Newcomer[] = [];
  #isScanning = false;
  /** Scans that wait until the store can be asked again. */
  #retrying = 0;
  #mustLookAgain = false;
  #isStopped = false;

  constructor(options: WaitScannerOptions) {
    this.#options = options;
  }

  get isBusy(): boolean {
    return !this.#isStopped && (this.#isScanning || this.#sides.size > 0 || this.#newcomers.length > 0);
  }

  /** Whether it searches just now, and does not merely wait until the store can be asked again. */
  get isMoving(): boolean {
    return this.isBusy && this.#retrying === 0;
  }

  /** Up to where the log was searched for each wait that is caught up. */
  get searched(): { readonly next: number; readonly waits: Iterable<OpenWait> } {
    return { next: this.#main.next, waits: this.#main.index.all };
  }

  add(newcomer: Newcomer): void {
    this.#newcomers.push(newcomer);
    // Waits that come together are searched for together.
    if (this.#newcomers.length === 1) queueMicrotask(() => this.#admit());
  }

  remove(id: string): void {
    this.#newcomers = this.#newcomers.filter(({ wait }) => wait.id !== id);
    for (const scan of [this.#main, ...this.#sides]) forget(scan, id);
  }

  /** There may be more to read. */
  wake(): void {
    this.#mustLookAgain = true;
    if (this.#isScanning || this.#isStopped) return;
    this.#isScanning = true;
    void this.#follow();
  }

  stop(): void {
    this.#isStopped = true;
  }

  #admit(): void {
    const newcomers = this.#newcomers;
    this.#newcomers = [];
    if (this.#isStopped || newcomers.length === 0) return;
    const main = this.#main;
    const first = Math.min(...newcomers.map(({ from }) => from));
    if (main.index.size === 0 && !this.#isScanning) main.next = first;
    const side = emptyScan(first);
    for (const { wait, from } of newcomers) join(from >= main.next ? main : side, wait, from);
    this.wake();
    if (side.index.size === 0) return;
    this.#sides.add(side);
    void this.#catchUp(side).finally(() => this.#sides.delete(side));
  }

  async #follow(): Promise<void> {
    while (this.#mustLookAgain && !this.#isStopped) {
      this.#mustLookAgain = false;
      while (this.#main.index.size > 0 && (await this.#step(this.#main)));
    }
    // In the turn of the last look: who wakes it from here on finds that it must begin anew.
    this.#isScanning = false;
  }

  async #catchUp(side: Scan): Promise<void> {
    while (side.index.size > 0 && !this.#isStopped) {
      const isAtEnd = !(await this.#step(side));
      if (side.next < this.#main.next && !isAtEnd) continue;
      // Nothing is awaited between the comparison and the joining, so the others cannot move on in between (W1).
      if (this.#main.index.size === 0 && !this.#isScanning) this.#main.next = side.next;
      for (const wait of side.index.all) join(this.#main, wait, Math.max(side.next, startOf(side, wait)));
      return this.wake();
    }
  }

  /** Searches the next records; false at the end of the log. */
  async #step(scan: Scan): Promise<boolean> {
    if (this.#isStopped) return false;
    scan.joinedFrom = Number.POSITIVE_INFINITY;
    try {
      const { records, next } = await this.#options.log.read(scan.next, scan.index.types);
      if (records.length === 0 && next <= scan.next) return false;
      const answers = new Map<string, WaitAnswer>();
      for (const record of records) this.#search(scan, record, answers);
      if (answers.size > 0) await this.#answer(scan, [...answers.values()]);
      // Waits that joined meanwhile may want types that were passed over unread.
      scan.next = Math.min(next, Math.max(scan.next, scan.joinedFrom));
      return true;
    } catch (error) {
      if (isTuttiError(error) && error.code === 'TUTTI_ENGINE_STOPPED') this.stop();
      if (this.#isStopped) return false;
      await this.#retryLater(error);
      return true;
    }
  }

  async #answer(scan: Scan, answers: readonly WaitAnswer[]): Promise<void> {
    await sendAnswers(this.#options.engine, answers, ({ wait, event }) => {
      const fields = { topic: event.topic, offset: event.offset, run: wait.run };
      this.#options.logger.warn('An event is too large to be given to a run that waits for it.', fields);
    });
    for (const { wait } of answers) {
      forget(scan, wait.id);
      this.#options.onAnswered(wait);
    }
  }

  async #retryLater(error: unknown): Promise<void> {
    const { logger, topic, log, engine } = this.#options;
    const fields = { topic: topic.name, partition: log.name.partition, reason: String(error) };
    logger.warn('A topic cannot be searched for waiting runs now; it is tried again.', fields);
    this.#retrying += 1;
    await new Promise<void>((resolve) => {
      engine.clock.setTimer(retryDelayMs, resolve).unref?.();
    });
    this.#retrying -= 1;
  }

  #search(scan: Scan, record: TopicRecord, answers: Map<string, WaitAnswer>): void {
    if (!scan.index.wants(record.type)) return;
    const { topic, log, engine } = this.#options;
    let event;
    try {
      if ((readAttributes(record).e ?? Number.POSITIVE_INFINITY) < engine.clock.now()) return;
      event = readEvent(record, log.name, topic);
    } catch (error) {
      const { partition } = log.name;
      const fields = { topic: topic.name, partition, offset: record.offset, reason: String(error) };
      this.#options.logger.warn('An event cannot be read, so no run that waits gets it.', fields);
      return;
    }
    for (const wait of scan.index.match(event)) {
      if (record.offset >= startOf(scan, wait) && !answers.has(wait.id))
        answers.set(wait.id, { wait, event });
    }
  }
}

function emptyScan(next: number): Scan {
  return { index: new WaitIndex(), starts: new Map(), next, joinedFrom: Number.POSITIVE_INFINITY };
}

function join(scan: Scan, wait: OpenWait, from: number): void {
  scan.index.add(wait);
  scan.starts.set(wait.id, from);
  scan.joinedFrom = Math.min(scan.joinedFrom, from);
}

function startOf(scan: Scan, wait: OpenWait): number {
  return scan.starts.get(wait.id) ?? 0;
}

function forget(scan: Scan, id: string): void {
  scan.index.remove(id);
  scan.starts.delete(id);
}
