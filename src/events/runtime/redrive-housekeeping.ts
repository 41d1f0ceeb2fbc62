/**
 * What must be done now and then to what redrives and replays leave: logs of redriven events are trimmed behind what their
 * cursors have settled, and a replay that is over is forgotten.
 *
 * A redriven event has no other reader than the one cursor of its log, and its dead letter is gone, or is written anew when it
 * fails again. So what the cursor has settled is needed by nobody, however long the topic itself keeps its events.
 *
 * Every step is correct whoever else does it at the same time, and doing it twice does nothing.
 */
import type { Engine } from '../../engine/index.ts';
import { neededFrom, readCursor } from '../consume/cursor.ts';
import { cursorSpace } from '../consume/cursor-keeper.ts';
import { cursorKey, cursorNameOf } from '../consume/cursor-name.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { forgetReplay } from './forget-replay.ts';
import { partitionOf } from './positions.ts';
import { cursorLog } from './redrive-topic.ts';

const cursorsMax = 1_000_000;

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
        await forgetReplay(this.#engine, settings, replay);
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
    const { store, payloads } = this.#engine;
    const log = cursorLog(key);
    const { startOffset, nextOffset } = await partitionOf(store, log);
    if (startOffset === nextOffset) return;
    const cell = await store.getCell(cursorSpace, key);
    const needed = cell === null ? 0 : neededFrom(readCursor(payloads.textNow(cell.value) ?? '', key));
    if (needed > startOffset) await store.trimPartition(log, needed);
  }
}
