import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCase, type CaseRecord } from './check-case.ts';
import type { EndedFact, LedgerLine } from './facts.ts';
import type { Bench, CaseResult } from './lane.ts';
import { WorkerHandle, type Exit, type SpawnOptions } from './worker-handle.ts';
import type { WorkerTask } from './worker-task.ts';
import type { WorkloadName } from './workloads.ts';

/** What a life of a case is given beside what the case knows. */
export type LifeOptions = Pick<WorkerTask, 'life' | 'role' | 'leaseMs'> &
  Partial<Pick<WorkerTask, 'disturbance'>> &
  Pick<SpawnOptions, 'within' | 'env'>;

let cases = 0;

/** One case: a store of its own, the processes that work on it, and what the ledger was told of them. */
export class Case {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'tutti-chaos-'));
  readonly #bench: Bench;
  readonly #workload: WorkloadName;
  readonly #name: string;
  readonly #workers: WorkerHandle[] = [];
  readonly #findings: string[] = [];

  constructor(bench: Bench, workload: WorkloadName) {
    this.#bench = bench;
    this.#workload = workload;
    this.#name = `${workload} ${(cases += 1)}`;
  }

  /** Starts a process of this case. */
  start({ within, env, disturbance = null, ...life }: LifeOptions): WorkerHandle {
    const { bench, directory } = { bench: this.#bench, directory: this.directory };
    const task: WorkerTask = {
      ...life,
      disturbance,
      caseName: this.#name,
      ledgerPort: bench.ledger.port,
      directory,
      workload: this.#workload,
      fault: bench.fault,
    };
    const worker = new WorkerHandle(task, {
      compileCache: bench.compileCache,
      ...(within === undefined ? {} : { within }),
      ...(env === undefined ? {} : { env }),
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Notes what did not hold, when it did not. */
  expect(holds: boolean, finding: string): void {
    if (!holds) this.#findings.push(finding);
  }

  /** Resolves with how the process ended; an end that was not ordered is a finding. */
  async ended(worker: WorkerHandle, expected: 'exit' | 'SIGKILL' | 'either'): Promise<Exit> {
    const exit = await worker.exit;
    const isKilled = exit.signal === 'SIGKILL';
    const isFine = isKilled ? expected !== 'exit' : exit.code === 0 && expected !== 'SIGKILL';
    this.expect(
      isFine,
      `a process ended with ${exit.signal ?? `code ${exit.code}`} instead of ${expected}: ${exit.complaints.trim()}`,
    );
    return exit;
  }

  /** Ends whatever still runs, takes what the ledger was told, and checks it. */
  async close(
    record: Omit<CaseRecord, 'lines'>,
    check: (lines: readonly LedgerLine[]) => void = () => undefined,
  ): Promise<CaseResult & { readonly end: EndedFact | undefined }> {
    for (const worker of this.#workers) worker.signal('SIGKILL');
    await Promise.all(this.#workers.map(({ exit }) => exit));
    const lines = await this.#bench.ledger.client.take(this.#name);
    rmSync(this.directory, { recursive: true, force: true });
    check(lines);
    const findings = [...this.#findings, ...checkCase({ ...record, lines })];
    const end = lines.findLast((line) => line.type === 'ended');
    return { isReached: record.disturbances > 0, findings, end };
  }
}

/** Executes a workload without harming it. */
export async function runUndisturbed(
  bench: Bench,
  workload: WorkloadName,
  life: Partial<LifeOptions> = {},
): Promise<{ readonly result: CaseResult; readonly end: EndedFact | undefined; readonly exit: Exit }> {
  const it = new Case(bench, workload);
  const exit = await it.ended(it.start({ life: 1, role: 'drive', leaseMs: 500, ...life }), 'exit');
  const { end, ...result } = await it.close({ reference: null, disturbances: 0 });
  return { result, end, exit };
}
