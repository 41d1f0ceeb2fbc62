import type { StepContext, WorkflowContext } from '../../src/workflows/index.ts';
import type { Fact } from './facts.ts';
import type { PlantedFault } from './planted-faults.ts';

/** How a step of a workload behaves. */
export interface Deed {
  /** How many attempts fail after they had their effect. Default none. */
  readonly failures?: number;
  /** Whether no attempt can succeed. Default false. */
  readonly isHopeless?: boolean;
  /** Characters of the result beside its name; default none. */
  readonly size?: number;
  /** Whether it is to be undone when the run fails or is canceled. Default false. */
  readonly isUndone?: boolean;
}

/** What a step of a workload returns. */
export interface Done {
  readonly value: string;
  /** The life whose body made this result, so that a zombie's can be told from its successor's. */
  readonly by: number;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly life: number;
  readonly tell: (fact: Fact) => Promise<void>;
  readonly fault: PlantedFault | null;
}

/** The outside world of the workloads: steps have their effects in the ledger. */
export class World {
  readonly #options: WorldOptions;
  /** By run: steps whose results its code was given in this process. */
  readonly #finished = new Map<string, Set<string>>();
  readonly #begun = new Set<string>();

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /** A step with an effect, of which the ledger knows before its body returns. Names are unique within a run. */
  async step(ctx: WorkflowContext, name: string, deed: Deed = {}): Promise<string> {
    const { fault } = this.#options;
    const place = `${ctx.runId}\n${name}`;
    const undo = (_: Done, step: StepContext): Promise<unknown> => this.#perform(step, {});
    const result = await ctx.step(
      name,
      (step) => {
        this.#begun.add(place);
        return this.#perform(step, deed);
      },
      {
        retry: {
          initialInterval: 5,
          maximumAttempts: deed.isHopeless === true ? 2 : 5,
        },
        ...(deed.isUndone === true ? { compensate: undo } : {}),
      },
    );
    if (fault === 'finished step again' && !this.#begun.has(place)) {
      void this.#effect({ run: ctx.runId, step: name, attempt: 1, idempotencyKey: 'again' });
    }
    this.#finishedIn(ctx.runId).add(name);
    return result.value;
  }

  async #perform(step: StepContext, deed: Deed): Promise<Done> {
    const { fault, life } = this.#options;
    const { runId: run, stepName, attempt } = step;
    const idempotencyKey = fault === 'new key' ? `${step.idempotencyKey} ${life}` : step.idempotencyKey;
    const effect = { run, step: stepName, attempt, idempotencyKey };
    await this.#effect(effect);
    if (fault === 'effect twice') await this.#effect(effect);
    if (deed.isHopeless === true || attempt <= (deed.failures ?? 0)) {
      throw new RangeError(`attempt ${attempt} of ${stepName} was planned to fail`);
    }
    return { value: `${stepName}${'.'.repeat(deed.size ?? 0)}`, by: life };
  }

  #effect(effect: {
    readonly run: string;
    readonly step: string;
    readonly attempt: number;
    readonly idempotencyKey: string;
  }): Promise<void> {
    const finished = [...this.#finishedIn(effect.run)];
    return this.#options.tell({ type: 'effect', ...effect, finished });
  }

  #finishedIn(run: string): Set<string> {
    const known = this.#finished.get(run);
    if (known !== undefined) return known;
    const made = new Set<string>();
    this.#finished.set(run, made);
    return made;
  }
}
