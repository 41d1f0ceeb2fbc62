import type { StepContext, WorkflowContext } from './workflow-context.ts';

/** How to undo one finished step. */
export interface Compensation {
  readonly name: string;
  readonly undo: (step: StepContext) => unknown;
}

/** What a run would have to undo, in the order in which it was done. */
export class Compensations {
  readonly #registered: Compensation[] = [];

  get isEmpty(): boolean {
    return this.#registered.length === 0;
  }

  add(compensation: Compensation): void {
    this.#registered.push(compensation);
  }

  /** Undoes everything, newest first, each as a durable step. One that fails for good stops the rest and is thrown. */
  async run(ctx: WorkflowContext): Promise<void> {
    for (let next = this.#registered.pop(); next !== undefined; next = this.#registered.pop()) {
      const { name, undo } = next;
      await ctx.step(`compensate ${name}`, async (step) => {
        await undo(step);
      });
    }
  }
}
