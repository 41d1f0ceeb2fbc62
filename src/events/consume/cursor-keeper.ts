/**
 * The cursor of one subscription in one partition, and the commits that advance it.
 *
 * Owns: the cell, its version, and what was staged for the next commit. One commit is under way at a time; what happens
 * meanwhile gathers for the next (self-clocking, like the engine's own group commit).
 *
 * Invariants:
 * K1  What handlers did and the advance that says so are one guarded group: applied together or not at all (I4).
 * K2  The group names the version of the cell that this owner wrote last. Whoever takes the partition over writes the cell,
 *     so a former owner can apply nothing any more, however late it wakes up (I2).
 * K3  A group that is refused, for the cursor's version or for a condition of what is written with it (a cell, a run that has to be open), is given up with the
 *     cursor: whoever takes it, be it this worker again, handles those events anew from what is on disk.
 */
import { isTuttiError } from '../../base/tutti-error.ts';
import { absentCell, type CellCondition, type CellWrite, type Engine } from '../../engine/index.ts';
import {
  newCursor,
  readCursor,
  settledOf,
  writeCursor,
  type CursorRecord,
  type ParkedLane,
} from './cursor.ts';
import type { SettledOffsets } from './settled-offsets.ts';
import { StagedEffects } from './staged-effects.ts';

/** The space of all cursors. */
export const cursorSpace = 'cursor';

/** How long to wait before a commit is tried again that the store could not write. Milliseconds. */
const retryDelayMs = 200;
/** How long an advance over events nobody handled may wait for company. Milliseconds. */
const lazyDelayMs = 100;

/** What changes of the record the consumer makes beside settling. */
interface CursorParts {
  readonly parked: readonly ParkedLane[];
  readonly suspect: CursorRecord['suspect'];
  readonly cautiousBelow: number;
}

/** Who works on a cursor, as its keeper sees it. */
export interface CursorOwner {
  readonly parts: () => CursorParts;
  /** What else every commit writes. */
  readonly cells: () => readonly CellWrite[];
  /** What else must hold for these writes (K3). */
  readonly conditions: (cells: readonly CellWrite[]) => readonly CellCondition[];
  /** The writes are on disk, under these versions. */
  readonly onWritten: (cells: readonly CellWrite[], versions: readonly number[]) => void;
  readonly onLost: () => void;
}

/** A cursor in the hands of its owner; see the top of the file. */
export class CursorKeeper {
  readonly key: string;
  readonly settled: SettledOffsets;
  readonly taken: CursorRecord;
  /** Whether the former owner ended in the middle of its work. */
  readonly wasAbandoned: boolean;
  readonly #engine: Engine;
  readonly #owner: CursorOwner;
  #version: number;
  #staged = new StagedEffects();
  #unreached: number;
  #isDirty = false;
  #isScheduled = false;
  #isCommitting = false;
  #isRetrying = false;
  #isLost = false;
  #isEnding = false;
  #waiting: (() => void)[] = [];

  constructor(engine: Engine, claimed: ClaimedCursor, owner: CursorOwner) {
    this.#engine = engine;
    this.key = claimed.key;
    this.taken = claimed.cursor;
    this.wasAbandoned = claimed.wasAbandoned;
    this.settled = settledOf(claimed.cursor);
    this.#version = claimed.version;
    this.#unreached = claimed.cursor.unreached ?? 0;
    this.#owner = owner;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Whether a commit is under way or about to be, and not merely waiting until it is tried again. */
  get isMoving(): boolean {
    return !this.#isLost && !this.#isRetrying && (this.#isScheduled || this.#isCommitting);
  }

  /** Adds what a handler did; commits soon. */
  stage(effects: StagedEffects): void {
    this.#staged.add(effects);
    this.#unreached += effects.unreached;
    this.touch();
  }

  /** Something about the cursor changed; commits soon. */
  touch(): void {
    this.#isDirty = true;
    if (this.#isScheduled || this.#isCommitting || this.#isLost) return;
    this.#isScheduled = true;
    queueMicrotask(() => void this.#commit());
  }

  /**
   * Looks whether the cell is as this owner wrote it. An owner with nothing to commit would otherwise hand out one more event
   * before it finds out that somebody paused or moved its cursor. @throws TUTTI_STORE_*
   */
  async check(): Promise<void> {
    const version = this.#version;
    const isSettled = (): boolean => !this.#isCommitting && version === this.#version;
    if (this.#isLost || !isSettled()) return;
    const cell = await this.#engine.store.getCell(cursorSpace, this.key);
    if (isSettled() && (cell?.version ?? absentCell) !== version) this.#lose();
  }

  /** The cursor advanced over events that nobody handled: no hurry, a crash only looks at them again. */
  touchLazily(): void {
    if (this.#isDirty || this.#isLost) return;
    this.#isDirty = true;
    const timer = this.#engine.clock.setTimer(lazyDelayMs, () => {
      if (this.#isDirty) this.touch();
    });
    timer.unref?.();
  }

  /** Commits now; resolves when that is on disk, or the cursor is lost. */
  written(): Promise<void> {
    this.touch();
    return this.flushed();
  }

  /** Commits soon what has been waiting for company. */
  hurry(): void {
    if (this.#isDirty) this.touch();
  }

  /** Resolves when everything staged so far is on disk, or the cursor is lost. */
  flushed(): Promise<void> {
    if (this.#isLost || (!this.#isDirty && !this.#isCommitting)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.touch();
    });
  }

  /** Gives the partition to nobody, so that the next owner need not be careful. */
  async release(): Promise<void> {
    await this.flushed();
    this.#isEnding = true;
    this.#isDirty = true;
    await this.flushed();
    this.#isLost = true;
  }

  /**
   * Deletes the cell, under the version that this owner wrote last (K2): if another has the cursor by now, nothing happens. A side
   * cursor that has come to its end leaves nothing behind. @throws TUTTI_STORE_*: it may be deleted or not.
   */
  async finish(): Promise<void> {
    await this.flushed();
    if (this.#isLost) return;
    this.#isLost = true;
    const name = { space: cursorSpace, key: this.key };
    const when = [{ ...name, version: this.#version }];
    await this.#engine.change({ when, cells: [{ ...name, value: null }], starts: [], sends: [] });
  }

  async #commit(): Promise<void> {
    this.#isScheduled = false;
    if (this.#isCommitting || this.#isLost) return;
    this.#isCommitting = true;
    this.#staged.cells.push(...this.#owner.cells());
    const { cells, starts, sends, appends, openRuns: whenOpen } = this.#staged;
    const waiting = this.#waiting;
    this.#waiting = [];
    const staged = this.#staged;
    this.#staged = new StagedEffects();
    this.#isDirty = false;
    const name = { space: cursorSpace, key: this.key };
    const cell = { ...name, value: writeCursor(this.#record()) };
    const when = [{ ...name, version: this.#version }, ...this.#owner.conditions(cells)];
    try {
      const open = whenOpen.length === 0 ? {} : { whenOpen };
      const group = { when, ...open, cells: [cell, ...cells], starts, sends, appends };
      const result = await this.#engine.change(group);
      const [version = absentCell, ...others] = result.versions;
      this.#version = version;
      if (result.applied) this.#owner.onWritten(cells, others);
      else this.#lose();
    } catch (error) {
      this.#failed(staged, error);
      this.#waiting = [...waiting, ...this.#waiting];
      return;
    }
    this.#isCommitting = false;
    for (const resolve of waiting) resolve();
    if (this.#isDirty) this.touch();
  }

  #record(): CursorRecord {
    return {
      ...this.taken,
      ...this.#owner.parts(),
      owner: this.#isEnding ? 0 : this.taken.owner,
      next: this.settled.next,
      done: this.settled.ranges,
      ...(this.#unreached === 0 ? {} : { unreached: this.#unreached }),
    };
  }

  /**
   * The store could not write, or does not know whether it did. The same group goes again: if it was applied after all, its
   * condition no longer holds, and the cursor is taken anew from what is on disk.
   */
  #failed(staged: StagedEffects, error: unknown): void {
    // Another list: the one that was handed over may still be on its way to the disk.
    const again = new StagedEffects();
    again.add(staged);
    again.add(this.#staged);
    this.#staged = again;
    this.#isDirty = true;
    if (isTuttiError(error) && error.code === 'TUTTI_ENGINE_STOPPED') return this.#lose();
    this.#isRetrying = true;
    this.#engine.clock.setTimer(retryDelayMs, () => {
      this.#isRetrying = false;
      this.#isCommitting = false;
      this.touch();
    });
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#owner.onLost();
  }
}

/** A cursor that this worker just took. */
export interface ClaimedCursor {
  readonly key: string;
  readonly cursor: CursorRecord;
  readonly version: number;
  readonly wasAbandoned: boolean;
}

/** What taking a cursor needs to know. */
export interface CursorClaim {
  readonly key: string;
  readonly worker: number;
  /** Workers that may still write. */
  readonly alive: ReadonlySet<number>;
  /** Where a cursor begins that is not there yet. */
  readonly start: () => Promise<{ readonly next: number; readonly until: number | null }>;
  /** What the next record's offset is: below it an abandoned cursor is gone through carefully. */
  readonly end: () => Promise<number>;
}

/** Takes the cursor if nobody alive has it; null if somebody does, or was faster. @throws TUTTI_STORE_* */
export async function claimCursor(engine: Engine, claim: CursorClaim): Promise<ClaimedCursor | null> {
  const { key, worker } = claim;
  const cell = await engine.store.getCell(cursorSpace, key);
  const text = cell === null ? null : engine.payloads.textNow(cell.value);
  const before = text === null ? null : readCursor(text, key);
  if (before !== null && before.owner !== worker && claim.alive.has(before.owner)) return null;
  // One that this worker lost and takes again was left by no process that ended.
  const wasAbandoned = before !== null && before.owner !== 0 && before.owner !== worker;
  const cursor = await takenOver(before, claim, wasAbandoned);
  const name = { space: cursorSpace, key };
  const result = await engine.change({
    when: [{ ...name, version: cell?.version ?? absentCell }],
    cells: [{ ...name, value: writeCursor(cursor) }],
    starts: [],
    sends: [],
  });
  if (!result.applied) return null;
  return { key, cursor, version: result.versions[0] ?? absentCell, wasAbandoned };
}

async function takenOver(
  before: CursorRecord | null,
  claim: CursorClaim,
  wasAbandoned: boolean,
): Promise<CursorRecord> {
  if (before === null) {
    const { next, until } = await claim.start();
    return { ...newCursor(next, until), owner: claim.worker, epoch: 1 };
  }
  const taken = { ...before, owner: claim.worker, epoch: before.epoch + 1 };
  if (!wasAbandoned) return taken;
  const suspect = before.suspect === null ? null : { ...before.suspect, deaths: before.suspect.deaths + 1 };
  return { ...taken, suspect, cautiousBelow: await claim.end() };
}
