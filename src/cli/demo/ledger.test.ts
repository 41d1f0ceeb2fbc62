import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { workflow, type StepContext, type Workflow, type WorkflowContext } from '../../workflows/index.ts';
import { readLedger, recordSteps } from './ledger.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tutti-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs bodies at once and keeps its state private, as the engine's own context may. */
class PlainContext {
  readonly #runId = 'run-1';
  readonly said: string[] = [];

  get runId(): string {
    return this.#runId;
  }

  async step(name: string, body: (step: StepContext) => unknown): Promise<unknown> {
    const { signal } = new AbortController();
    return body({
      attempt: 1,
      idempotencyKey: `${this.#runId}:${name}`,
      stepName: name,
      runId: this.#runId,
      signal,
      log: silentLogger,
      publish: () => Promise.resolve(),
    });
  }

  status(text: string): void {
    this.said.push(`${this.#runId}: ${text}`);
  }
}

const twoSteps: Workflow<string, string> = workflow('two steps', async (ctx, name: string) => {
  ctx.status('at work');
  const greeting = await ctx.step('compose', () => `Good morning, ${name}`);
  await ctx.step('fail', () => {
    throw new RangeError(`no post for ${ctx.runId}`);
  });
  return greeting;
});

describe('the ledger', () => {
  it('has a line before each body and one after its effect, and changes nothing else', async () => {
    const file = join(directory, 'ledger.jsonl');
    const held: string[] = [];
    const recorded = recordSteps(twoSteps, {
      file,
      clock: systemClock,
      afterEffect: (step) => void held.push(step),
    });
    const ctx = new PlainContext();
    await expect(recorded.code(ctx as unknown as WorkflowContext, 'Ada')).rejects.toThrow(
      'no post for run-1',
    );
    expect(ctx.said).toEqual(['run-1: at work']);
    expect(held).toEqual(['compose']);
    expect(
      readLedger(file).map(({ step, moment, idempotencyKey, pid }) => [step, moment, idempotencyKey, pid]),
    ).toEqual([
      ['compose', 'begins', 'run-1:compose', process.pid],
      ['compose', 'effect', 'run-1:compose', process.pid],
      ['fail', 'begins', 'run-1:fail', process.pid],
    ]);
  });

  it('is empty before anything ran', () => {
    expect(readLedger(join(directory, 'ledger.jsonl'))).toEqual([]);
  });
});
