/** What user code sees: when bodies of steps begin, what the code is told and in which order. Checked as it happens. */
import { isDeepStrictEqual } from 'node:util';
import type { EntryKind, RunNumber } from '../../src/engine/index.ts';
import type { Heard } from './hearing.ts';
import { inlineValue, type Model } from './model.ts';
import type { CodeName } from './program.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { World } from './world.ts';

export class Witness {
  readonly world: World;
  readonly model: Model;
  /** By run and node: what the code drew there. */
  readonly draws: Map<string, string> = new Map();
  /** By run and operation: what waits for facts were given. */
  readonly #heard = new Map<string, Heard>();
  bodies = 0;

  constructor(world: World, model: Model) {
    this.world = world;
    this.model = model;
  }

  /** The newest of what each wait was given. */
  get hearings(): Iterable<Heard> {
    return this.#heard.values();
  }

  heard(process: SimulatedProcess, heard: Heard): void {
    if (process.state !== 'dead') this.#heard.set(`${heard.number}/${heard.name}`, heard);
  }

  incarnation(process: SimulatedProcess, number: RunNumber, code: CodeName): Incarnation {
    return new Incarnation(this, process, { number, code });
  }
}

/** One execution of a run's code, from its first line. */
export class Incarnation {
  readonly number: RunNumber;
  readonly #witness: Witness;
  readonly #process: SimulatedProcess;
  readonly #isStrict: boolean;
  #lastSeq = -1;

  constructor(
    witness: Witness,
    process: SimulatedProcess,
    run: { readonly number: RunNumber; readonly code: CodeName },
  ) {
    this.#witness = witness;
    this.#process = process;
    this.number = run.number;
    this.#isStrict = run.code === 'strict';
  }

  /** The body of a step begins. */
  began(name: string, attempt: number): void {
    const { world, model } = this.#witness;
    if (this.#process.state === 'dead') return;
    this.#witness.bodies += 1;
    // A process that lost the run and does not know it yet may begin what others have finished: its commit is what is refused.
    const isOwner = model.isHeldBy(this.number, this.#process.name);
    world.trace(
      this.#process.name,
      `body ${this.number} ${name} ${attempt}${isOwner ? '' : ' (not the owner)'}`,
    );
    if (!isOwner) return;
    if (model.entry(this.number, 'step', name) !== undefined)
      world.violate('I3', `${name} of run ${this.number} is finished, and its body began again`);
    const failed = model.attempts(this.number, name);
    if (this.#isStrict && attempt !== failed + 1)
      world.violate(
        'I3',
        `attempt ${attempt} of ${name} of run ${this.number} began with ${failed} failed ones on disk`,
      );
  }

  /** The code was told that an operation ended well. */
  told(kind: EntryKind, name: string, value: unknown): void {
    const { world, model } = this.#witness;
    if (this.#process.state === 'dead') return;
    const what = `${kind} ${name} of run ${this.number}`;
    const entry = model.entry(this.number, kind, name);
    if (entry === undefined) {
      // `batched` code runs ahead of the disk.
      if (this.#isStrict) world.violate('I1', `the code was told of ${what} before it was on disk`);
      return;
    }
    if (!this.#isStrict) return;
    const recorded = inlineValue(entry);
    if (entry.outcome !== 'ok' || (recorded !== undefined && !isDeepStrictEqual(recorded.value, value)))
      world.violate(
        'I3',
        `the code was told ${JSON.stringify(value)} of ${what}, recorded is ${JSON.stringify(recorded)}`,
      );
    if (entry.seq <= this.#lastSeq)
      world.violate(
        'I3',
        `the code was told of ${what} at position ${entry.seq} after position ${this.#lastSeq}`,
      );
    this.#lastSeq = entry.seq;
  }

  /** The code drew something that must be the same in every replay. */
  drew(name: string, text: string): void {
    if (!this.#isStrict || this.#process.state === 'dead') return;
    const { world, draws } = this.#witness;
    const key = `${this.number}/${name}`;
    const before = draws.get(key);
    draws.set(key, text);
    if (before !== undefined && before !== text)
      world.violate('I3', `run ${this.number} drew ${text} at ${name}; the first time it was ${before}`);
  }
}
