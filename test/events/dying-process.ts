import { TuttiError } from 'tutti';
import type { Store } from '../../src/engine/index.ts';

/** A process that dies with one of its commits: from then on it gets no answer from the store, and nothing of it reaches it. */
export class DyingProcess {
  readonly store: Store;
  readonly died: Promise<undefined>;
  #commitsLeft: number;
  #state: 'alive' | 'dead' | 'buried' = 'alive';
  readonly #hanging: ((error: Error) => void)[] = [];

  constructor(inner: Store, commitsLeft: number) {
    this.#commitsLeft = commitsLeft;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.died = promise;
    this.store = new Proxy(inner, {
      get: (target, name): unknown => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function' || name === 'onForeignCommit') return bound(method, target);
        return (...given: readonly unknown[]): unknown => {
          if (name === 'commit') this.#commitsLeft -= 1;
          if (this.#commitsLeft <= 0 && this.#state === 'alive') {
            this.#state = 'dead';
            resolve(undefined);
          }
          if (this.#state !== 'dead') return method.apply(target, given);
          return new Promise((_, reject) => this.#hanging.push(reject));
        };
      },
    });
  }

  /** Answers what hangs, so that the test can end. */
  bury(): void {
    this.#state = 'buried';
    for (const reject of this.#hanging) reject(new TuttiError('TUTTI_STORE_FAILED', 'This process is dead.'));
  }
}

function bound(member: unknown, target: object): unknown {
  return typeof member === 'function' ? (member.bind(target) as unknown) : member;
}
