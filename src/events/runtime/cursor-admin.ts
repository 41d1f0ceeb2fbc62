import { TuttiError } from '../../base/tutti-error.ts';
import { absentCell, type CellRecord, type Engine } from '../../engine/index.ts';
import { lagOf, newCursor, readCursor, writeCursor, type CursorRecord } from '../consume/cursor.ts';
import { cursorSpace } from '../consume/cursor-keeper.ts';
import { cursorKey, cursorNameOf } from '../consume/cursor-name.ts';
import { deadLetterSpace } from '../dead-letters/dead-letter-cells.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { checkName } from '../model/resolve-topic.ts';
import type {
  PartitionStatus,
  ReplayOptions,
  ReplayView,
  SeekPosition,
  SeekReport,
} from '../model/topic-runtime.ts';
import { forgetReplay } from './forget-replay.ts';
import { partitionOf, positionOf } from './positions.ts';
import { cursorLog } from './redrive-topic.ts';

/** How often a change is tried again that an owner's own commits got ahead of. */
const triesMax = 50;
const cursorsMax = 10_000;
const deadLettersMax = 10_000;

/** Whether a cursor is paused, and why, if nobody asked for it. */
type PauseRecord = Pick<CursorRecord, 'isPaused' | 'pausedBecause'>;

/**
 * What people do to cursors. Each change writes the cell under its version and leaves it to nobody: whoever had the
 * partition can commit nothing more, and takes it anew as it now is.
 */
export class CursorAdmin {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async status(settings: SubscriptionSettings): Promise<readonly PartitionStatus[]> {
    const { store, clock } = this.#engine;
    const { topic } = settings;
    const statuses: PartitionStatus[] = [];
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      const name = { topic: topic.name, partition };
      const { startOffset, nextOffset } = await partitionOf(store, name);
      const read = await this.#read(this.#key(settings, partition));
      const cursor = read.cursor ?? newCursor(await positionOf(store, name, settings.from));
      const lag = lagOf(cursor, nextOffset);
      const since = lag.oldest === null ? null : await this.#appendedAt(name, lag.oldest);
      const lagMs = since === null ? null : Math.max(0, clock.now() - since);
      statuses.push({ partition, cursor, lag: lag.events, lagMs, nextOffset, startOffset });
    }
    return statuses;
  }

  /** Pauses or resumes all cursors of a subscription: also for redriven events, and side cursors that are under way. */
  async setPaused(settings: SubscriptionSettings, pause: PauseRecord): Promise<void> {
    const { store } = this.#engine;
    const { topic, name } = settings;
    const pauseAll = (cursor: CursorRecord): CursorRecord => {
      const { pausedBecause: _, ...rest } = cursor;
      return { ...rest, ...pause };
    };
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      const start = await positionOf(store, { topic: topic.name, partition }, settings.from);
      await this.#change(this.#key(settings, partition), (cursor) => pauseAll(cursor ?? newCursor(start)));
    }
    const redrive = cursorKey(topic.name, name, 'redrive');
    const first = await positionOf(store, cursorLog(redrive), 'oldest');
    await this.#change(redrive, (cursor) => pauseAll(cursor ?? newCursor(first)));
    const prefix = `${topic.name}/${name}~`;
    for (const { key } of await store.listCells(cursorSpace, { prefix, limit: cursorsMax }))
      await this.#change(key, (cursor) => (cursor === null ? null : pauseAll(cursor)));
  }

  /** @throws TUTTI_OFFSET_OUT_OF_RANGE: nothing was moved. */
  async seek(
    settings: SubscriptionSettings,
    to: SeekPosition,
    isDryRun: boolean,
  ): Promise<readonly SeekReport[]> {
    const { store } = this.#engine;
    const { topic } = settings;
    const reports: SeekReport[] = [];
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      const offset = await positionOf(store, { topic: topic.name, partition }, to);
      const { cursor } = await this.#read(this.#key(settings, partition));
      const parkedDropped = cursor?.parked.reduce((sum, lane) => sum + lane.offsets.length, 0) ?? 0;
      reports.push({ partition, from: cursor?.next ?? offset, to: offset, parkedDropped });
    }
    if (isDryRun) return reports;
    for (const { partition, to: next } of reports) {
      await this.#change(this.#key(settings, partition), (cursor) => ({
        ...newCursor(next),
        isPaused: cursor?.isPaused === true,
        ...(cursor?.pausedBecause === undefined ? {} : { pausedBecause: cursor.pausedBecause }),
        epoch: cursor?.epoch ?? 0,
      }));
    }
    return reports;
  }

  /**
   * Creates side cursors, and one for what will be redriven of what they give up on; the workers take them up.
   * @throws TUTTI_OFFSET_OUT_OF_RANGE, TUTTI_REQUEST_REFUSED
   */
  async replay(settings: SubscriptionSettings, { from, to = 'tip', as }: ReplayOptions): Promise<void> {
    checkName(as, `A side cursor of subscription "${settings.name}"`);
    // A former replay of the name that is over leaves nothing to the new one, even if nobody has tidied up behind it yet.
    await forgetReplay(this.#engine, settings, as);
    const { store } = this.#engine;
    const { topic, name } = settings;
    const cells = [];
    const when = [];
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      const place = { topic: topic.name, partition };
      const [first, end] = [await positionOf(store, place, from), await positionOf(store, place, to)];
      const cell = { space: cursorSpace, key: cursorKey(topic.name, cursorNameOf(name, as), partition) };
      when.push({ ...cell, version: absentCell });
      cells.push({ ...cell, value: writeCursor(newCursor(first, Math.max(first, end))) });
    }
    for (let tries = 0; tries < triesMax; tries += 1) {
      const redrive = await this.#redriveCursor(settings, as);
      const whenAll = [...when, { ...redrive.cell, version: redrive.version }];
      const all = [...cells, { ...redrive.cell, value: redrive.value }];
      const { applied } = await this.#engine.change({ when: whenAll, cells: all, starts: [], sends: [] });
      if (applied) return;
      for (const { space, key } of when) {
        if ((await store.getCell(space, key)) === null) continue;
        throw new TuttiError(
          'TUTTI_REQUEST_REFUSED',
          `Subscription "${name}" is already being replayed as "${as}".`,
        );
      }
    }
    throw tooFast(cursorKey(topic.name, cursorNameOf(name, as), 'redrive'));
  }

  /**
   * The cursor of what is redriven of a replay, as it must be written when one begins. A former replay of the name may have left
   * it behind with dead letters; it is written all the same, so that whoever is about to delete it is refused.
   */
  async #redriveCursor(
    settings: SubscriptionSettings,
    as: string,
  ): Promise<{
    readonly cell: { readonly space: string; readonly key: string };
    readonly version: number;
    readonly value: string;
  }> {
    const key = cursorKey(settings.topic.name, cursorNameOf(settings.name, as), 'redrive');
    const { cell, cursor } = await this.#read(key);
    // What a former replay of this name had redriven was handled, or its cursor would still be there.
    const next = cursor?.next ?? (await positionOf(this.#engine.store, cursorLog(key), 'tip'));
    const value = writeCursor({ ...(cursor ?? newCursor(next)), owner: 0 });
    return { cell: { space: cursorSpace, key }, version: cell?.version ?? absentCell, value };
  }

  /** Side cursors that are under way or gave up on something, by name. */
  async replays(settings: SubscriptionSettings): Promise<readonly ReplayView[]> {
    const { store, payloads } = this.#engine;
    const { topic, name } = settings;
    const prefix = `${topic.name}/${name}~`;
    const lefts = new Map<string, number>();
    for (const { key, value } of await store.listCells(cursorSpace, { prefix, limit: cursorsMax })) {
      const [as = ''] = key.slice(prefix.length).split('/');
      const { nextOffset } = await partitionOf(store, cursorLog(key));
      const { events } = lagOf(readCursor(payloads.textNow(value) ?? '', key), nextOffset);
      lefts.set(as, (lefts.get(as) ?? 0) + events);
    }
    const views: ReplayView[] = [];
    for (const [as, left] of lefts) {
      const space = deadLetterSpace({ topic: topic.name, subscription: name, replay: as });
      const letters = await store.listCells(space, { limit: deadLettersMax });
      if (left + letters.length > 0) views.push({ as, left, deadLetters: letters.length });
    }
    return views;
  }

  #key(settings: SubscriptionSettings, partition: number): string {
    return cursorKey(settings.topic.name, settings.name, partition);
  }

  async #read(
    key: string,
  ): Promise<{ readonly cell: CellRecord | null; readonly cursor: CursorRecord | null }> {
    const cell = await this.#engine.store.getCell(cursorSpace, key);
    const text = cell === null ? null : this.#engine.payloads.textNow(cell.value);
    return { cell, cursor: text === null ? null : readCursor(text, key) };
  }

  /** What `change` gives is written; null leaves the cursor as it is. */
  async #change(key: string, change: (cursor: CursorRecord | null) => CursorRecord | null): Promise<void> {
    const name = { space: cursorSpace, key };
    for (let tries = 0; tries < triesMax; tries += 1) {
      const { cell, cursor } = await this.#read(key);
      const changed = change(cursor);
      if (changed === null) return;
      const value = writeCursor({ ...changed, owner: 0 });
      const when = [{ ...name, version: cell?.version ?? absentCell }];
      const { applied } = await this.#engine.change({
        when,
        cells: [{ ...name, value }],
        starts: [],
        sends: [],
      });
      if (applied) return;
    }
    throw tooFast(key);
  }

  async #appendedAt(
    name: { readonly topic: string; readonly partition: number },
    offset: number,
  ): Promise<number | null> {
    const slice = await this.#engine.store.readTopic({
      ...name,
      from: offset,
      bytesMax: 1,
      types: 0x7fffffff,
    });
    return slice.batches[0]?.appendedAt ?? null;
  }
}

function tooFast(key: string): TuttiError {
  return new TuttiError('TUTTI_STORE_BUSY', `The position "${key}" changes too fast to be moved; try again.`);
}
