/**
 * Starts the runs of its share of the orders, publishes their events, and works on all runs there are, until its share has ended, or
 * until it kills itself at a point of its own commits. Its argument is a `WaitsTask` as JSON. Prints a `WaitsFact` a line.
 */
import { createTutti, isTuttiError, type RunDetail } from 'tutti';
import type { CommitBatch } from '../../src/engine/index.ts';
import { openMortalStore } from './mortal-store.ts';
import type { WaitsFact, WaitsTask } from './waits-case.ts';
import { plantWaitFault } from './waits-faults.ts';
import { Canceled, go, ordersOf, Paid, Refused, Shipped, waiting, type Order } from './waits-orders.ts';

const task = JSON.parse(process.argv[2] ?? '') as WaitsTask;
const ends = { shipped: Shipped, refused: Refused, canceled: Canceled } as const;
/** Orders that are driven at a time. */
const width = 12;
/** Events of nobody that come with each order. */
const crowd = 20;

const tell = (fact: WaitsFact): void => void process.stdout.write(`${JSON.stringify(fact)}\n`);
const { orders, settle } = waiting((given) => tell({ type: 'given', ...given }));
const store = plantWaitFault(await openMortalStore(task.file, task.kill, counts), task.fault);
const tutti = await createTutti({ store, definitions: [orders, settle], leaseMs: 1_000, idleMs: 20 });
const { client } = tutti;
await tutti.start();
const mine = ordersOf(task.orders).filter((_, n) => n % 2 === task.share);
await Promise.all(
  Array.from({ length: width }, async () => {
    for (let order = mine.shift(); order !== undefined; order = mine.shift()) await settleOrder(order);
  }),
);
await tutti.stop();
await store.close();

/** Does what an earlier life may have done or not: a start attaches, and an event is stored once by its id. */
async function settleOrder(order: Order): Promise<void> {
  const { id, moment } = order;
  await client.startRun('settle', { order: id }, { id, onConflict: 'attach' });
  if (moment === 'before') {
    await publishAll(order);
    await letGo(id);
  } else {
    await letGo(id);
    await publishAll(order);
  }
  await until(id, ({ endedAt }) => endedAt !== null);
}

async function letGo(id: string): Promise<void> {
  try {
    await client.sendSignal(id, go.name, '');
  } catch (error) {
    // An earlier life let it go, and it has come to its end since.
    if (!isTuttiError(error) || error.code !== 'TUTTI_RUN_FINISHED') throw error;
  }
}

async function publishAll(order: Order): Promise<void> {
  await publish(order, 'paid');
  await publish(order, 'again');
  await publish(order, order.ending);
}

async function publish(
  { id: order, moment }: Order,
  wait: 'paid' | 'again' | Order['ending'],
): Promise<void> {
  const isAfter = moment === 'after';
  // A cancellation is waited for from the beginning; here it comes when the run waits for its end.
  if (isAfter) await until(order, (run) => awaits(run, wait === 'canceled' ? 'shipped' : wait));
  const definition = wait === 'paid' || wait === 'again' ? Paid : ends[wait];
  await orders.publishAll(Array.from({ length: crowd }, (_, n) => definition({ order: `nobody-${n}` })));
  const id = `${wait}:${order}`;
  const { partition, offset } = await orders.publish(definition({ order }, { id }));
  tell({ type: 'published', id, partition, offset });
}

/** Whether the run waits under this name, or did before. */
function awaits({ waits, recent, endedAt }: RunDetail, wait: string): boolean {
  return (
    endedAt !== null || [...waits, ...recent].some(({ kind, name }) => kind === 'event' && name === wait)
  );
}

async function until(id: string, isSo: (run: RunDetail) => boolean): Promise<void> {
  while (!isSo(await client.showRun(id))) await new Promise<void>((resolve) => setTimeout(resolve, 2));
}

function counts({ guarded = [], entries, waits }: CommitBatch): boolean {
  switch (task.kill?.of) {
    case 'the waits':
      return waits.some(({ kind }) => kind === 'event');
    case 'the answers':
      return guarded.some(({ sends }) => sends.some(({ onlyIfWaiting }) => onlyIfWaiting !== undefined));
    default:
      return entries.some(({ kind }) => kind === 'event' || kind === 'cancel');
  }
}
