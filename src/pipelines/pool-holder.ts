import type { HeldSlots, RunHandle } from '../engine/index.ts';
import type { GraphNode } from './graph.ts';
import { priorityOf } from './node-decision.ts';
import { instanceId, type ScopeRun } from './scope-run.ts';
import type { PoolUse } from './task-types.ts';

/** Which task wants which slots. */
interface PoolRequest {
  readonly scope: ScopeRun;
  readonly node: GraphNode;
  readonly use: PoolUse | ((inputs: never) => PoolUse);
}

/** The slots in pools that tasks of one run hold or wait for. They go with the run at the latest (the engine's slots). */
export class PoolHolder {
  readonly #run: RunHandle;
  readonly #heard: () => void;
  /** Task instances that hold slots, and the names to give them back under; null while there are none, as in most runs. */
  #held: Map<string, HeldSlots> | null = null;

  /** `heard` is called after slots were given back: in a replay that may have been the last thing on record. */
  constructor(run: RunHandle, heard: () => void) {
    this.#run = run;
    this.#heard = heard;
  }

  /** Waits until the task has its slots. @throws TUTTI_OPTION_INVALID, the reason of a cancellation, or what the pool's function throws. */
  async acquire({ scope, node, use }: PoolRequest, inputs: never): Promise<void> {
    const { name, slots = 1, limit = 1 } = typeof use === 'function' ? use(inputs) : use;
    const task = instanceId(scope, node);
    const wanted = { pool: `pool/${name}`, slots, limit, priority: Math.round(priorityOf(scope, node)) };
    const mustAsk = this.#run.isReplaying;
    const place = { path: task, cancelScope: this.#run.root };
    const acquired = await this.#run.acquire({ place, name: 'pool', ...wanted });
    this.#held ??= new Map();
    this.#held.set(task, { ...wanted, acquired, mustAsk });
  }

  /** What the task holds; null for nothing. */
  heldBy(scope: ScopeRun, node: GraphNode): HeldSlots | null {
    return this.#held?.get(instanceId(scope, node)) ?? null;
  }

  /** The task has ended: gives its slots back. */
  release(scope: ScopeRun, node: GraphNode): void {
    if (this.#held === null) return;
    const task = instanceId(scope, node);
    const held = this.#held.get(task);
    if (held === undefined) return;
    this.#held.delete(task);
    const place = { path: task, cancelScope: this.#run.root };
    // A cancellation gives all of the run's slots back anyway.
    this.#run.release({ place, name: 'pool', acquired: held.acquired }).then(this.#heard, () => undefined);
  }
}
