import type { LedgerHandle } from './ledger-handle.ts';
import type { EndedFact, StoreState } from './facts.ts';
import type { PlantedFault } from './planted-faults.ts';
import type { WorkloadName } from './workloads.ts';

/** What every case needs. */
export interface Bench {
  readonly ledger: LedgerHandle;
  readonly compileCache: string;
  /** Path of the compiled library that makes the disk fail; null where there is no compiler. */
  readonly failingDisk: string | null;
  readonly fault: PlantedFault | null;
}

/** One way of harming, applied to one workload. */
export interface LaneRun {
  readonly bench: Bench;
  readonly workload: WorkloadName;
  /** How the undisturbed execution ended. */
  readonly reference: StoreState;
  /** How many boundaries it passed, by what counts them. */
  readonly passed: EndedFact['passed'];
}

/** What came of one case. */
export interface CaseResult {
  /** False when the execution was over before it reached the point at which it was to be harmed. */
  readonly isReached: boolean;
  /** What did not hold, one sentence each. */
  readonly findings: readonly string[];
}

/** A way of harming processes, with its points enumerated from 1. */
export interface Lane {
  readonly name: string;
  /** One line for people: what is injected. */
  readonly title: string;
  readonly workloads: readonly WorkloadName[];
  /** How many points the undisturbed execution passes; more may come from timing. */
  readonly countPoints: (run: LaneRun) => Promise<number>;
  readonly runCase: (run: LaneRun, at: number) => Promise<CaseResult>;
  /** Why this lane cannot run on this machine; null when it can. */
  readonly obstacle: (bench: Bench) => string | null;
  /** How many cases of each workload the short form runs. */
  readonly shortCases: number;
}
