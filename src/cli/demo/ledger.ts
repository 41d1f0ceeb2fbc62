/**
 * A ledger of what really ran: one line per moment of a step's body, synced to disk before the body goes on. It knows
 * nothing of the engine's journal, so the two can be compared.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../base/clock.ts';
import type { StepContext, Workflow, WorkflowContext } from '../../workflows/index.ts';

/** A moment in one execution of a step's body. */
export interface LedgerLine {
  readonly at: number;
  readonly pid: number;
  readonly step: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  /** `begins` before the body runs, `effect` when it has done its work and nobody knows yet. */
  readonly moment: 'begins' | 'effect';
}

/** Where the ledger lies, and whom to tell. */
export interface RecordOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Called after a step's effect and before its result can be recorded. */
  readonly afterEffect?: (step: string) => void | Promise<void>;
}

/** The same workflow, with every execution of a step's body written to the ledger. */
export function recordSteps(workflow: Workflow, options: RecordOptions): Workflow {
  return {
    ...workflow,
    code: (ctx: WorkflowContext, input: unknown): Promise<unknown> =>
      workflow.code(recording(ctx, options), input),
  };
}

/** Reads the ledger; a missing file is an empty one. */
export function readLedger(file: string): readonly LedgerLine[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LedgerLine);
}

function recording(ctx: WorkflowContext, { file, clock, afterEffect }: RecordOptions): WorkflowContext {
  const note = (step: StepContext, moment: LedgerLine['moment']): void => {
    const { stepName, attempt, idempotencyKey } = step;
    const line: LedgerLine = {
      at: clock.now(),
      pid: process.pid,
      step: stepName,
      attempt,
      idempotencyKey,
      moment,
    };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { flush: true });
  };
  const step: WorkflowContext['step'] = (name, body, stepOptions) =>
    ctx.step(
      name,
      async (context) => {
        note(context, 'begins');
        const result = await body(context);
        note(context, 'effect');
        await afterEffect?.(name);
        return result;
      },
      stepOptions,
    );
  return new Proxy(ctx, {
    get(target, name): unknown {
      if (name === 'step') return step;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
