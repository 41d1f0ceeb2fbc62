import {
  type CellRecord,
  nobody,
  runStates,
  type JournalEntry,
  allTypes,
  type LogRecord,
  type MessageRecord,
  type PartitionRecord,
  type StoredBatch,
  type PoolRecord,
  type Payload,
  type RunRecord,
  type RunState,
  type SlotRecord,
  type Store,
  type WaitRecord,
  type WorkerRecord,
} from '../../engine/index.ts';

/** Everything a store holds, in one fixed order and as plain JSON: two stores in the same state have equal dumps. */
export interface StoreDump {
  /** By number. */
  readonly runs: readonly RunDump[];
  readonly counts: Readonly<Record<RunState, number>>;
  /** By number. */
  readonly workers: readonly WorkerRecord[];
  /** By topic and number. */
  readonly partitions: readonly PartitionDump[];
  readonly nextDelayed: number | null;
  /** By space and key. */
  readonly cells: readonly SpaceDump[];
  /** By name. */
  readonly pools: readonly PoolDump[];
}

/** A partition of a topic with all of its batches, in order. */
export interface PartitionDump {
  readonly partition: PartitionRecord;
  readonly batches: readonly WithPayloadText<StoredBatch>[];
}

/** A pool with its requests: holders, then those in line. */
export interface PoolDump {
  readonly pool: PoolRecord;
  readonly slots: readonly SlotRecord[];
}

/** The cells of one space, by key. */
export interface SpaceDump {
  readonly space: string;
  readonly cells: readonly WithPayloadText<CellRecord>[];
}

/** A run with everything of its own. */
export interface RunDump {
  /** `owner` is `nobody` once the owner is no longer alive: whether a store keeps its number is the store's choice. */
  readonly run: WithPayloadText<RunRecord>;
  readonly journal: readonly WithPayloadText<JournalEntry>[];
  /** By key. */
  readonly waits: readonly WithPayloadText<WaitRecord>[];
  /** By id. */
  readonly inbox: readonly WithPayloadText<MessageRecord>[];
  /** By position. */
  readonly log: readonly LogRecord[];
}

/** A record whose bytes are written as `{ bytes: <hexadecimal> }`. */
export type WithPayloadText<T> = {
  readonly [K in keyof T]: Uint8Array extends T[K]
    ? Exclude<T[K], Uint8Array> | { readonly bytes: string }
    : T[K];
};

const pageSize = 500;

/** Reads everything through the port; what is committed meanwhile may or may not be in the dump. */
export async function dumpStore(store: Store): Promise<StoreDump> {
  const workers = [...(await store.listWorkers())].toSorted((one, other) => one.number - other.number);
  const living = new Set(workers.filter((worker) => worker.state === 'alive').map((worker) => worker.number));
  const runs: RunDump[] = [];
  for (const run of await allRuns(store)) {
    const owner = living.has(run.owner) ? run.owner : nobody;
    runs.push(await dumpRun(store, { ...run, owner }));
  }
  const counts = await store.countRuns();
  return {
    runs,
    counts: Object.fromEntries(runStates.map((state) => [state, counts[state]])) as Record<RunState, number>,
    workers,
    partitions: await Promise.all((await store.listPartitions()).map((one) => dumpPartition(store, one))),
    nextDelayed: await store.nextDelayed(),
    cells: await dumpCells(store),
    pools: await dumpPools(store),
  };
}

async function dumpPartition(store: Store, partition: PartitionRecord): Promise<PartitionDump> {
  const { topic, partition: number } = partition;
  const read = { topic, partition: number, from: 0, bytesMax: Number.MAX_SAFE_INTEGER, types: allTypes };
  const { batches } = await store.readTopic(read);
  return { partition, batches: batches.map(withPayloadText) };
}

async function dumpCells(store: Store): Promise<readonly SpaceDump[]> {
  const spaces: SpaceDump[] = [];
  for (const space of await store.listCellSpaces()) {
    const cells = await store.listCells(space, { limit: Number.MAX_SAFE_INTEGER });
    spaces.push({ space, cells: cells.map(withPayloadText) });
  }
  return spaces;
}

async function dumpPools(store: Store): Promise<readonly PoolDump[]> {
  const limit = Number.MAX_SAFE_INTEGER;
  const pools: PoolDump[] = [];
  for (const pool of await store.listPools({ limit })) {
    pools.push({ pool, slots: await store.listSlots({ pool: pool.pool, limit }) });
  }
  return pools;
}

async function allRuns(store: Store): Promise<readonly RunRecord[]> {
  const newestFirst: RunRecord[] = [];
  for (let before: number | undefined; ;) {
    const page = await store.listRuns(
      before === undefined ? { limit: pageSize } : { limit: pageSize, before },
    );
    newestFirst.push(...page);
    before = page.at(-1)?.number;
    if (before === undefined) return newestFirst.toReversed();
  }
}

async function dumpRun(store: Store, run: RunRecord): Promise<RunDump> {
  const journal: JournalEntry[] = [];
  for (let page = await store.readJournal(run.number, 0, pageSize); page.length > 0;) {
    journal.push(...page);
    page = await store.readJournal(run.number, journal.length, pageSize);
  }
  const waits = await store.listWaits({ run: run.number, limit: Number.MAX_SAFE_INTEGER });
  const inbox = await store.listInbox(run.number);
  return {
    run: withPayloadText(run),
    journal: journal.map(withPayloadText),
    waits: [...waits].toSorted((one, other) => (one.key < other.key ? -1 : 1)).map(withPayloadText),
    inbox: inbox.map(withPayloadText),
    log: await store.readLogs(run.number, { limit: Number.MAX_SAFE_INTEGER }),
  };
}

/** The record with its bytes as text. */
function withPayloadText<T extends object>(record: T): WithPayloadText<T> {
  const fields = Object.entries(record).map(([name, value]) => [name, payloadText(value)]);
  return Object.fromEntries(fields) as WithPayloadText<T>;
}

function payloadText(value: unknown): unknown {
  return value instanceof Uint8Array
    ? { bytes: Buffer.from(value as Payload & Uint8Array).toString('hex') }
    : value;
}
