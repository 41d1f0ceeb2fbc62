/**
 * Topics in a simulation: clients publish, a subscription makes one event of each, with a number per key that it keeps as state.
 * When all is over the log checker looks at what clients were told, at the log, and at the effects.
 */
import { event, isTuttiError, topic, type EventDefinition, type Topic } from '../../src/index.ts';
import type { Store, TopicRecord } from '../../src/engine/index.ts';
import {
  checkLog,
  type LogAnomaly,
  type PublishSeen,
  type RecordSeen,
} from '../../src/testing/log-checker.ts';
import type { Member } from './cluster.ts';
import type { Draw } from './draw.ts';
import { readTopicLog } from '../read-topic-log.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Invariant, World } from './world.ts';

interface InData {
  readonly id: string;
  readonly key: string;
  /** How many tries fail after they have done everything. */
  readonly failures: number;
  /** How long the handler takes. Milliseconds. */
  readonly takesMs: number;
}

interface OutData extends RecordSeen {
  readonly count: number;
}

const In: EventDefinition<'in', InData> = event('in');
const Out: EventDefinition<'out', OutData> = event('out');
const partitions = 2;

/** The topics of one process. */
export interface SimulatedTopics {
  readonly input: Topic<typeof In>;
  readonly output: Topic<typeof Out>;
}

/** Declares them anew, since subscriptions belong to one engine. */
export function declareTopics(process: SimulatedProcess): SimulatedTopics {
  const output = topic('output', { events: [Out] });
  const input = topic('input', { events: [In], key: (e) => e.data.key, partitions });
  input.subscribe('copy', {
    from: 'oldest',
    retry: { initialInterval: 50, maximumInterval: 500, maximumAttempts: 1_000 },
    handler: async ({ data, partition, offset }, ctx) => {
      if (data.takesMs > 0) await process.sleep(data.takesMs);
      const count = ((await ctx.state.get()) as number | undefined) ?? 0;
      ctx.state.set(count + 1);
      const { id, key } = data;
      await ctx.publish(output, Out({ id, key, partition, offset, count }));
      if (ctx.attempt <= data.failures)
        throw new RangeError(`try ${ctx.attempt} of ${id} was planned to fail`);
    },
  });
  return { input, output };
}

/** What clients publish, and what they were told. */
export class Publishers {
  readonly #world: World;
  readonly #draw: Draw;
  readonly #member: () => Member | null;
  readonly #seen: PublishSeen[] = [];
  #published = 0;
  #isDrained = false;
  readonly #count: number;

  constructor(world: World, draw: Draw, member: (draw: Draw) => Member | null, stormMs: number) {
    this.#world = world;
    this.#draw = draw;
    this.#member = () => member(draw);
    this.#count = draw.between(5, 60);
    for (let n = 0; n < this.#count; n += 1) {
      world.after(draw.between(1, stormMs), () => void this.#publish());
    }
  }

  /** Whether everything that was published has been handled, as far as it was looked at last. */
  get areDone(): boolean {
    return this.#published >= this.#count && this.#isDrained;
  }

  /** Looks again and again whether the subscription has come to the end. */
  watch(store: Store): void {
    const look = async (): Promise<void> => {
      this.#isDrained = await isDrained(store);
      if (!this.areDone) this.#world.after(500, () => void look());
    };
    this.#world.after(500, () => void look());
  }

  /** Everything that is wrong with the topics. */
  async check(store: Store): Promise<readonly (readonly [Invariant, string])[]> {
    const log = (await readTopicLog(store, 'input')).map((record) => seenOf(record.partition, record));
    const effects = (await readTopicLog(store, 'output')).map(
      ({ data }) => JSON.parse(data.toString()) as OutData,
    );
    const readers = [
      { name: 'the log', kind: 'log' as const, records: log },
      { name: 'the subscription', kind: 'effects' as const, records: effects },
    ];
    const poison = await poisonIn(store);
    // A publish that was on its way when it was looked last may have arrived since, and nobody has had time for it.
    const hasCaughtUp = await isDrained(store);
    const anomalies = checkLog({ publishes: this.#seen, readers, isDrained: hasCaughtUp }).filter(
      ({ kind, what }) => kind !== 'unseen' || !poison.some((id) => what.includes(`"${id}"`)),
    );
    return [...anomalies.map(asViolation), ...miscounted(effects)];
  }

  async #publish(): Promise<void> {
    this.#published += 1;
    const id = `e${this.#published}`;
    const key = `k${this.#draw.between(0, 4)}`;
    const member = this.#member();
    if (member?.topics === undefined) return;
    const { input } = member.topics;
    const data = {
      id,
      key,
      failures: this.#draw.chance(0.15) ? this.#draw.between(1, 3) : 0,
      takesMs: this.#draw.pick([0, 0, 5, 300]),
    };
    this.#isDrained = false;
    // A client whose process dies is told nothing; what it may have stored is nobody's fault.
    const index = this.#seen.push({ partition: 0, id, key, offset: null, outcome: 'unknown' }) - 1;
    try {
      const { partition, offset } = await input.publish(In(data, { id }));
      this.#world.trace(member.process.name, `published ${id} at ${partition}/${String(offset)}`);
      this.#seen[index] = { partition, id, key, offset, outcome: 'acknowledged' };
    } catch (error) {
      const code = isTuttiError(error) ? error.code : String(error);
      this.#world.trace(member.process.name, `could not publish ${id}: ${code}`);
      const wroteNothing = ['TUTTI_STORE_FULL', 'TUTTI_STORE_BUSY'].includes(code);
      if (wroteNothing) this.#seen[index] = { partition: 0, id, key, offset: null, outcome: 'failed' };
    }
  }
}

function seenOf(partition: number, { offset, id, key }: TopicRecord): RecordSeen {
  return { partition, offset, id, key };
}

const invariants: Readonly<Partial<Record<LogAnomaly['kind'], Invariant>>> = {
  'lost-write': 'I1',
  'aborted-read': 'I1',
  unseen: 'I5',
};

function asViolation({ kind, what }: LogAnomaly): readonly [Invariant, string] {
  return [invariants[kind] ?? 'I4', `${kind}: ${what}`];
}

/** The state of a key counts its events: it commits with the event that was made of it, or not at all. */
function miscounted(effects: readonly OutData[]): readonly (readonly [Invariant, string])[] {
  return [...Map.groupBy(effects, ({ key }) => key)].flatMap(([key, ofKey]) => {
    const counts = ofKey.map(({ count }) => count);
    const isRight = counts.every((count, index) => count === index);
    return isRight ? [] : [['I4', `the state of ${String(key)} counted ${counts.join(' ')}`] as const];
  });
}

/** Events during whose handling three processes ended are given up, as they should be: it may have been their doing. */
async function poisonIn(store: Store): Promise<readonly string[]> {
  const letters = (await store.listCells('dead:input/copy')).map(
    ({ value }) => JSON.parse(String(value)) as { readonly eventId: string; readonly error: string },
  );
  return letters
    .filter(({ error }) => error.includes('times while this event was handled'))
    .map(({ eventId }) => eventId);
}

async function isDrained(store: Store): Promise<boolean> {
  for (const { partition, nextOffset } of await store.listPartitions('input')) {
    const cell = await store.getCell('cursor', `input/copy/${partition}`);
    if (cell === null || typeof cell.value !== 'string') return false;
    const { next, parked } = JSON.parse(cell.value) as { next: number; parked: readonly unknown[] };
    if (next < nextOffset || parked.length > 0) return false;
  }
  return true;
}
