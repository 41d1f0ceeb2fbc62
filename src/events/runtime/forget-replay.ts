import { absentCell, type CellWrite, type Engine } from '../../engine/index.ts';
import { readCursor } from '../consume/cursor.ts';
import { cursorSpace } from '../consume/cursor-keeper.ts';
import { cursorKey, cursorNameOf } from '../consume/cursor-name.ts';
import { rateSpace } from '../consume/flow/rate-cells.ts';
import { stateSpace } from '../consume/keyed-states.ts';
import { deadLetterSpace } from '../dead-letters/dead-letter-cells.ts';
import type { SubscriptionSettings } from '../model/resolve-subscription.ts';
import { partitionOf } from './positions.ts';
import { cursorLog } from './redrive-topic.ts';

/** Cells deleted by one commit. */
const deletesMax = 500;

/**
 * Deletes what a replay leaves when it is over: the states of its keys, its rates, and last the cursor of what it had redriven, so that
 * a crash half-way leaves something to go by. It is over when its side cursors are gone, it has no dead letter and everything it
 * had redriven is handled; else nothing happens.
 *
 * Every commit is made under the version at which the cursor was read: a handler that gives up, and a replay that begins, write it,
 * and then the rest stays. Also what a replay without that cursor has left is deleted.
 *
 * @throws TUTTI_STORE_*: some of it may be deleted.
 */
export async function forgetReplay(
  engine: Engine,
  settings: SubscriptionSettings,
  replay: string,
): Promise<void> {
  const { store } = engine;
  const { topic, name } = settings;
  const cursorName = cursorNameOf(name, replay);
  const cell = { space: cursorSpace, key: cursorKey(topic.name, cursorName, 'redrive') };
  const version = (await store.getCell(cell.space, cell.key))?.version ?? absentCell;
  if (!(await isOver(engine, settings, replay))) return;
  const change = async (cells: readonly CellWrite[]): Promise<boolean> =>
    (await engine.change({ when: [{ ...cell, version }], cells, starts: [], sends: [] })).applied;
  const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
  const cursors = [...partitions, 'redrive' as const].map((one) => cursorKey(topic.name, cursorName, one));
  for (const space of [stateSpace(topic.name, cursorName), ...cursors.map(rateSpace)]) {
    for (;;) {
      const found = await store.listCells(space, { limit: deletesMax });
      if (found.length === 0) break;
      if (!(await change(found.map(({ key }) => ({ space, key, value: null }))))) return;
    }
  }
  if (version !== absentCell) await change([{ ...cell, value: null }]);
}

async function isOver(
  { store, payloads }: Engine,
  { topic, name }: SubscriptionSettings,
  replay: string,
): Promise<boolean> {
  const owner = { topic: topic.name, subscription: name, replay };
  const prefix = `${topic.name}/${cursorNameOf(name, replay)}/`;
  const redrive = cursorKey(topic.name, cursorNameOf(name, replay), 'redrive');
  const cursors = await store.listCells(cursorSpace, { prefix, limit: 2 });
  if (cursors.some(({ key }) => key !== redrive)) return false;
  if ((await store.listCells(deadLetterSpace(owner), { limit: 1 })).length > 0) return false;
  const { startOffset, nextOffset } = await partitionOf(store, cursorLog(redrive));
  // What is not trimmed yet has nobody to trim it once its cursor is gone.
  if (startOffset < nextOffset) return false;
  return cursors.every(({ value }) => readCursor(payloads.textNow(value) ?? '', redrive).parked.length === 0);
}
