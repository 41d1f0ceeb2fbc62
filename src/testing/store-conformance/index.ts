/**
 * What every store owes the engine, as tests: each sentence of the port is a claim about the store under test. A store's own
 * tests call this once; a claim that fails names the promise that was broken (S1 to S6 and T1 to T4 of the port, I1 to I8 of the design).
 */
import { cellClaims } from './cells.ts';
import { claimClaims } from './claims.ts';
import { concurrencyClaims } from './concurrency.ts';
import { fencingClaims } from './fencing.ts';
import { guardedClaims } from './guarded.ts';
import { journalClaims } from './journal.ts';
import { logClaims } from './logs.ts';
import { messageClaims } from './messages.ts';
import { pruneClaims } from './prune.ts';
import { runClaims } from './runs.ts';
import { claimsOf, type Claim } from './scene.ts';
import { slotClaims } from './slots.ts';
import type { OpenStore, TestApi } from './test-api.ts';
import { topicClaims } from './topics.ts';
import { transactionClaims } from './transactions.ts';
import { waitClaims } from './waits.ts';
import { workerClaims } from './workers.ts';

export type { Answer } from './compared-stores.ts';
export { drawsPerOperation, type OperationCode } from './draw.ts';
export { runRandomOperations } from './random-operations.ts';
export {
  dumpStore,
  type PartitionDump,
  type PoolDump,
  type RunDump,
  type SpaceDump,
  type StoreDump,
  type WithPayloadText,
} from './dump-store.ts';
export type { Expectation, OpenedStore, OpenStore, TestApi } from './test-api.ts';

const topics: Readonly<Record<string, (claim: Claim) => void>> = {
  runs: runClaims,
  journal: journalClaims,
  messages: messageClaims,
  waits: waitClaims,
  cells: cellClaims,
  guarded: guardedClaims,
  slots: slotClaims,
  logs: logClaims,
  claims: claimClaims,
  workers: workerClaims,
  fencing: fencingClaims,
  transactions: transactionClaims,
  prune: pruneClaims,
  topics: topicClaims,
  concurrency: concurrencyClaims,
};

/**
 * Declares all tests for a store. Each opens a new store and closes it.
 *
 * @example
 * storeConformance('my store', openMyStore, { describe, it, expect });
 */
export function storeConformance(name: string, openStore: OpenStore, api: TestApi): void {
  const claim = claimsOf(openStore, api);
  api.describe(`${name} keeps the promises of the store port`, () => {
    for (const [topic, declare] of Object.entries(topics)) api.describe(topic, () => declare(claim));
  });
}
