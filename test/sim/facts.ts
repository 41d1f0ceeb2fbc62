/**
 * Facts in a simulation: events that runs tell each other, and that they and people outside publish at any moment, before, while
 * and after somebody waits for them. When all is over, what each wait was given is compared with the log.
 */
import { decodeValue } from '../../src/base/codec.ts';
import { event, isTuttiError, topic, type EventDefinition, type Topic } from '../../src/index.ts';
import { readEventWait, type Store } from '../../src/engine/index.ts';
import type { Member } from './cluster.ts';
import type { Draw } from './draw.ts';
import type { Heard } from './hearing.ts';
import type { Model } from './model.ts';
import { readTopicLog, type LoggedRecord } from '../read-topic-log.ts';
import type { Invariant, World } from './world.ts';

export interface FactData {
  readonly word: string;
  /** Who said it; a run says `run <number> <node>`. */
  readonly by: string;
}

export const Fact: EventDefinition<'fact', FactData> = event('fact');
export type Facts = Topic<typeof Fact>;

/** What facts are about: few, so that several waits want the same. */
export const words: readonly string[] = ['red', 'green', 'blue'];

const partitions = 2;
const choreEveryMs = 500;

/** Declares the topic anew, since it belongs to one engine. */
export function declareFacts(): Facts {
  return topic('facts', { events: [Fact], partitions });
}

/** A fact in the log. */
interface LoggedFact extends FactData {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly appendedAt: number;
}

export interface FactTellersOptions {
  readonly world: World;
  readonly draw: Draw;
  readonly member: (draw: Draw) => Member | null;
  readonly store: Store;
  /** Until when faults happen. Milliseconds since the beginning. */
  readonly stormMs: number;
}

/** People outside who publish facts, and see to it that nobody waits for one that nobody says. */
export class FactTellers {
  readonly #options: FactTellersOptions;
  readonly #acknowledged: { readonly id: string; readonly partition: number; readonly offset: number }[] = [];
  #told = 0;

  constructor(options: FactTellersOptions) {
    this.#options = options;
    const { draw, world, stormMs } = options;
    for (let left = draw.between(0, 25); left > 0; left -= 1) {
      world.after(draw.between(1, stormMs), () => void this.#tell(draw.pick(words)));
    }
    this.#chores();
  }

  /** Everything that is wrong with what was said and heard. */
  async check(heard: Iterable<Heard>, model: Model): Promise<readonly (readonly [Invariant, string])[]> {
    const log = await readFacts(this.#options.store);
    return [
      ...this.#lost(log),
      ...miscountedTales(log, model),
      ...[...heard].flatMap((one) => misheard(one, log, model)),
    ];
  }

  #chores(): void {
    void this.#look().then(() => this.#options.world.after(choreEveryMs, () => this.#chores()));
  }

  /**
   * A wait for which the log holds something has only to be woken: saying it again would hide a match that was lost. For the
   * others somebody says the word.
   */
  async #look(): Promise<void> {
    const { store, draw, world, stormMs } = this.#options;
    if (world.elapsed < stormMs && !draw.chance(0.2)) return;
    const waits = await store.listWaits({ kind: 'event' });
    if (waits.length === 0) return;
    const log = await readFacts(store);
    const unsaid = new Set<string>();
    for (const { detail } of waits) {
      const { where, from } = readEventWait(String(detail));
      const [word = ''] = (where as { readonly data: { readonly word: readonly string[] } }).data.word;
      const isSaid = log.some((fact) => fact.word === word && fact.offset >= (from[fact.partition] ?? 0));
      if (!isSaid) unsaid.add(word);
    }
    for (const word of unsaid) await this.#tell(word);
  }

  async #tell(word: string): Promise<void> {
    const { world, draw, member } = this.#options;
    const teller = member(draw);
    if (teller?.facts === undefined) return;
    this.#told += 1;
    const id = `f${this.#told}`;
    const who = teller.process.name;
    const publishing = teller.facts.publish(Fact({ word, by: 'somebody' }, { id })).then(
      ({ partition, offset }) => {
        world.trace(who, `told ${word} as ${id} at ${partition}/${String(offset)}`);
        if (offset !== null) this.#acknowledged.push({ id, partition, offset });
      },
      (error: unknown) => {
        world.trace(who, `could not tell ${id}: ${isTuttiError(error) ? error.code : String(error)}`);
      },
    );
    // Who hears nothing does not wait for ever.
    await Promise.race([publishing, world.sleep(4_000)]);
  }

  #lost(log: readonly LoggedFact[]): readonly (readonly [Invariant, string])[] {
    return this.#acknowledged
      .filter(
        ({ id, partition, offset }) =>
          !log.some((fact) => fact.id === id && fact.partition === partition && fact.offset === offset),
      )
      .map(({ id, partition, offset }) => ['I1', `fact ${id} is not at ${partition}/${offset}`] as const);
  }
}

/** I4: what a run's journal says it told is in the log once, and nothing else of it. */
function miscountedTales(
  log: readonly LoggedFact[],
  model: Model,
): readonly (readonly [Invariant, string])[] {
  const counts = new Map<string, number>();
  for (const { by } of log) if (by !== 'somebody') counts.set(by, (counts.get(by) ?? 0) + 1);
  const tales = [...model.runs].flatMap(([number, { journal, forked }]) =>
    journal
      .slice(forked)
      .filter(({ kind, outcome }) => kind === 'publish' && outcome === 'ok')
      .map(({ scope }) => `run ${number} ${scope.split('/').at(-1)?.replace('#0', '')}`),
  );
  const wrong = [...counts].filter(([by, count]) => count !== 1 || !tales.includes(by));
  return [
    ...wrong.map(([by, count]) => ['I4', `${by} is in the log ${count} times`] as const),
    ...tales.filter((tale) => !counts.has(tale)).map((tale) => ['I1', `${tale} is not in the log`] as const),
  ];
}

/** What is wrong with what one wait was given. */
function misheard(
  heard: Heard,
  log: readonly LoggedFact[],
  model: Model,
): readonly (readonly [Invariant, string])[] {
  const { number, name, word, behind, place } = heard;
  const run = model.runs.get(number);
  const entry = model.entry(number, 'event', name);
  // What a fork took over was given to another run, from its own start.
  if (run === undefined || (entry !== undefined && entry.seq < run.forked)) return [];
  const { partition, offset } = place;
  const what = `wait ${name} of run ${number} for "${word}" was given ${partition}/${offset}`;
  const given = log.find((fact) => fact.partition === partition && fact.offset === offset);
  if (given?.word !== word) return [['I4', `${what}, which says "${given?.word}"`]];
  const passed = behind.get(partition) ?? -1;
  if (offset <= passed) return [['I4', `${what}, and a wait before it was given ${partition}/${passed}`]];
  const { createdAt } = run.first;
  const earlier = log.filter((fact) => fact.partition === partition && fact.offset < offset);
  const missed = earlier.find(
    (fact) => fact.word === word && fact.offset > passed && fact.appendedAt >= createdAt,
  );
  if (missed !== undefined) return [['I5', `${what}, and ${partition}/${missed.offset} came before it`]];
  const isOld = given.appendedAt < createdAt && earlier.every((fact) => fact.appendedAt < createdAt);
  const wasThere = model.wasAppendedBefore({ topic: 'facts', partition, offset }, number);
  return isOld && wasThere ? [['I4', `${what}, which is older than the run`]] : [];
}

async function readFacts(store: Store): Promise<readonly LoggedFact[]> {
  return (await readTopicLog(store, 'facts')).map(asFact);
}

function asFact({ partition, appendedAt, offset, id, data }: LoggedRecord): LoggedFact {
  const { word, by } = decodeValue(data.toString()) as FactData;
  return { word, by, partition, appendedAt, offset, id };
}
