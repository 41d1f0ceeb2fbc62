/** Who publishes in a simulation from outside of its runs: to a topic with a subscription, and facts that runs wait for. */
import type { Store } from '../../src/engine/index.ts';
import type { Cluster, Member } from './cluster.ts';
import type { Draw } from './draw.ts';
import { FactTellers } from './facts.ts';
import type { Model } from './model.ts';
import { Publishers } from './topics.ts';
import type { Witness } from './witness.ts';
import type { Invariant, World } from './world.ts';

export interface TopicUsersOptions {
  readonly world: World;
  readonly cluster: Cluster;
  readonly model: Model;
  readonly witness: Witness;
  readonly store: Store;
  /** Until when faults happen. Milliseconds since the beginning. */
  readonly stormMs: number;
}

export class TopicUsers {
  readonly #options: TopicUsersOptions;
  readonly #publishers: Publishers | null;
  readonly #tellers: FactTellers | null;

  /** Null for what the simulation does not have. */
  constructor(
    options: TopicUsersOptions,
    { topicsDraw, factsDraw }: Readonly<Record<'topicsDraw' | 'factsDraw', Draw | null>>,
  ) {
    const { world, cluster, store, stormMs } = options;
    this.#options = options;
    const member = (draw: Draw): Member | null => cluster.member(draw);
    this.#publishers = topicsDraw === null ? null : new Publishers(world, topicsDraw, member, stormMs);
    this.#publishers?.watch(store);
    this.#tellers =
      factsDraw === null ? null : new FactTellers({ world, draw: factsDraw, member, store, stormMs });
  }

  /** Whether everything that was published for the subscription has been handled. */
  get areDone(): boolean {
    return this.#publishers?.areDone !== false;
  }

  /** Everything that is wrong with the topics. */
  async check(): Promise<readonly (readonly [Invariant, string])[]> {
    const { store, witness, model } = this.#options;
    return [
      ...((await this.#publishers?.check(store)) ?? []),
      ...((await this.#tellers?.check(witness.hearings, model)) ?? []),
    ];
  }
}
