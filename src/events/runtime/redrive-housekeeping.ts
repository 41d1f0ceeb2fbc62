/**
 * What must be done now and then to what redrives and replays leave: logs of redriven events are trimmed behind what their
 * cursors have settled, and the cursor of a replay's redriven events goes when nothing can come to it any more.
 *
 * A redriven event has no other reader than the one cursor of its log, and its dead letter is gone, or is written anew when it
 * fails again. So what the cursor has settled is needed by nobody, however long the topic itself keeps its events.
 *
 * Every step is correct whoever else does it at the same time, and doing it twice does nothing.
 */
import type { Engine } from '../../engine/index.ts';
import { neededFrom, readCursor, type CursorRecord } from '../consume/cursor.ts';
import { cursorSpace } from '../consume/cursor-keeper.ts';
import { cursorKey, cursorNameOf } from '../consume/cursor-name.ts';
import { deadLetterSpace } from '../dead-letters/dead-letter-cells.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { partitionOf } from './positions.ts';
import { cursorLog } from './redrive-topic.ts';

const cursorsMax = 1_000_000;

/** The cursor of a log of redriven events. */
interface RedriveCursor {
  readonly key: string;
  readonly version: number;
  readonly cursor: CursorRecord;
}

/** See the top of the file. */
export class RedriveHousekeeping {
  readonly #engine: Engine;
  readonly #subscriptions: readonly SubscriptionSettings[];

  constructor(engine: Engine, subscriptions: readonly SubscriptionSettings[]) {
    this.#engine = engine;
    this.#subscriptions = subscriptions;
  }

  /** Does all of it once. @throws TUTTI_STORE_* */
  async tidy(): Promise<void> {
    for (const settings of this.#subscriptions) {
      await this.#trim(cursorKey(settings.topic.name, settings.name, 'redrive'));
      for (const replay of await this.#replays(settings)) {
        await this.#trim(cursorKey(settings.topic.name, cursorNameOf(settings.name, replay), 'redrive'));
        await this.#forgetEnded(settings, replay);
      }
    }
  }

  async #replays({ topic, name }: SubscriptionSettings): Promise<ReadonlySet<string>> {
    const prefix = `${topic.name}/${name}~`;
    const cells = await this.#engine.store.listCells(cursorSpace, { prefix, limit: cursorsMax });
    return new Set(cells.map(({ key }) => key.slice(prefix.length).split('/')[0] ?? ''));
  }

  /** A log whose cursor nobody has taken yet stays as it is. */
  async #trim(key: string): Promise<void> {
    const { store } = this.#engine;
    const log = cursorLog(key);
    const { startOffset, nextOffset } = await partitionOf(store, log);
    if (startOffset === nextOffset) return;
    const found = await this.#cursor(key);
    const needed = found === null ? 0 : neededFrom(found.cursor);
    if (needed > startOffset) await store.trimPartition(log, needed);
  }

  /**
   * A replay is over when its side cursors are gone, it has no dead letter and everything it had redriven is handled. The cursor
   * is read first and deleted under that version: a handler that gives up, and a replay that begins, write it.
   */
  async #forgetEnded({ topic, name }: SubscriptionSettings, replay: string): Promise<void> {
    const { store } = this.#engine;
    const owner = { topic: topic.name, subscription: name, replay };
    const cursorName = cursorNameOf(name, replay);
    const found = await this.#cursor(cursorKey(topic.name, cursorName, 'redrive'));
    if (found === null) return;
    const prefix = `${topic.name}/${cursorName}/`;
    const cursors = await store.listCells(cursorSpace, { prefix, limit: 2 });
    if (cursors.length > 1 || (await store.listCells(deadLetterSpace(owner), { limit: 1 })).length > 0)
      return;
    const { key, version, cursor } = found;
    const { startOffset, nextOffset } = await partitionOf(store, cursorLog(key));
    // What is not trimmed yet has nobody to trim it once its cursor is gone.
    if (startOffset < nextOffset || cursor.parked.length > 0) return;
    const cell = { space: cursorSpace, key };
    await this.#engine.change({
      when: [{ ...cell, version }],
      cells: [{ ...cell, value: null }],
      starts: [],
      sends: [],
    });
  }

  async #cursor(key: string): Promise<RedriveCursor | null> {
    const { store, payloads } = this.#engine;
    const cell = await store.getCell(cursorSpace, key);
    if (cell === null) return null;
    return { key, version: cell.version, cursor: readCursor(payloads.textNow(cell.value) ?? '', key) };
  }
}
