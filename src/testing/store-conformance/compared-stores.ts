import { isTuttiError } from '../../base/tutti-error.ts';
import { nobody, type Store, type WorkerNumber } from '../../engine/index.ts';

/** What a call came to: its value in plain form, or the code it was refused with. */
export interface Answer {
  readonly value: unknown;
  readonly code: string | null;
}

/** Two stores, or one, that are told the same and should answer alike. Each may have several handles, used in turn. */
export class ComparedStores {
  readonly #stores: readonly (readonly Store[])[];
  readonly #onDifference: (what: string, answers: readonly Answer[]) => void;
  readonly #alive = new Set<WorkerNumber>();
  #calls = 0;

  /** `onDifference` is called with what was asked and the answers, in the order of the stores; it should throw. */
  constructor(
    stores: readonly (readonly Store[])[],
    onDifference: (what: string, answers: readonly Answer[]) => void,
  ) {
    this.#stores = stores;
    this.#onDifference = onDifference;
  }

  /** Workers that the stores hold to be alive. */
  get alive(): readonly WorkerNumber[] {
    return [...this.#alive];
  }

  isAlive(worker: WorkerNumber): boolean {
    return this.#alive.has(worker);
  }

  noteAlive(worker: WorkerNumber): void {
    this.#alive.add(worker);
  }

  noteGone(worker: WorkerNumber): void {
    this.#alive.delete(worker);
  }

  /** Asks all stores and returns the first one's value; null when the call was refused. */
  async ask<T>(what: string, call: (store: Store) => Promise<T>): Promise<T | null> {
    let first: T | null = null;
    const answers: Answer[] = [];
    for (const [index, handles] of this.#stores.entries()) {
      const store = handles[this.#calls % handles.length];
      if (store === undefined) continue;
      const { answer, value } = await this.#answerOf(call(store));
      answers.push(answer);
      if (index === 0) first = value;
    }
    this.#calls += 1;
    const [expected, ...others] = answers.map((answer) => JSON.stringify(answer));
    if (others.some((other) => other !== expected)) this.#onDifference(what, answers);
    return first;
  }

  async #answerOf<T>(call: Promise<T>): Promise<{ readonly answer: Answer; readonly value: T | null }> {
    try {
      const value = await call;
      return { answer: { value: this.#plain(value), code: null }, value };
    } catch (error) {
      if (!isTuttiError(error)) throw error;
      return { answer: { value: null, code: error.code }, value: null };
    }
  }

  /** Fields in alphabetical order, bytes as text, and `nobody` for an owner that is gone: what a store may keep as it likes. */
  #plain(value: unknown): unknown {
    if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') };
    if (Array.isArray(value)) return value.map((element) => this.#plain(element));
    if (typeof value !== 'object' || value === null) return value;
    const fields = Object.entries(value).map(
      ([name, field]) => [name, this.#plainField(name, field)] as const,
    );
    return Object.fromEntries(fields.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  #plainField(name: string, field: unknown): unknown {
    if (name !== 'owner' || typeof field !== 'number') return this.#plain(field);
    return this.#alive.has(field) ? field : nobody;
  }
}
