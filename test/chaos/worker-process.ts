/**
 * A worker that is harmed, or that lives on beside one: an engine on the case's SQLite file, and the clients of the
 * workload. Argument: a WorkerTask as JSON. Tells the ledger what happens, and its parent when to go on.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTutti, type Tutti } from '../../src/app/index.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { isTuttiError } from '../../src/base/tutti-error.ts';
import type { TelemetryEvent } from '../../src/engine/index.ts';
import { createFilePayloadStore } from '../../src/stores/files/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import { Boundaries } from './boundaries.ts';
import { allEnded, drive, until, type Driver } from './drive.ts';
import type { Fact, StoreState } from './facts.ts';
import { LedgerClient } from './ledger-client.ts';
import { plantInFile, plantInStore } from './planted-faults.ts';
import { readState } from './read-state.ts';
import {
  probeName,
  workerName,
  type WorkerMessage,
  type WorkerOrder,
  type WorkerTask,
} from './worker-task.ts';
import { inlineMax, single, workloads } from './workloads.ts';
import { World } from './world.ts';

const task = JSON.parse(process.argv[2] ?? '') as WorkerTask;
// Without its parent nobody would ever stop this process.
process.once('disconnect', () => process.exit(0));

const ledger = await LedgerClient.connect(task.ledgerPort);
const tell = (fact: Fact): Promise<void> =>
  ledger.record(task.caseName, { ...fact, life: task.life, pid: process.pid });
const say = (message: WorkerMessage): void => void process.send?.(message);

let proofOfFull: Promise<void> | null = null;
const boundaries = new Boundaries(task.disturbance, task.directory, () => {
  proofOfFull = new Promise<void>((resolve) => setImmediate(resolve)).then(proveFull);
});
const file = join(task.directory, 'tutti.db');
const sqlite = await createSqliteStore({
  file,
  hooks: boundaries.hooks,
  pollMs: 5,
  busyTimeoutMs: 1_000,
  // With room made ahead, commits go on for a while on a full disk.
  ...(task.disturbance?.do === 'fill-disk' ? { logRoomBytes: 0 } : {}),
});
const payloadStore = boundaries.watch(
  createFilePayloadStore({ directory: join(task.directory, 'payloads') }),
);
const world = new World({ life: task.life, tell, fault: task.fault });
const workload = workloads[task.workload];
const ownName = `only ${workerName(task.life)} has this`;
const tutti: Tutti = await createTutti({
  store: plantInStore(sqlite, task.fault),
  payloadStore,
  definitions: [...workload.definitions(world), single(world, probeName), single(world, ownName)],
  name: workerName(task.life),
  leaseMs: task.leaseMs,
  idleMs: task.leaseMs / 2,
  limits: { inlineMax },
  logger: { ...silentLogger, warn: notice, error: notice },
  telemetry: { isOn: true, emit: report },
});
const driver: Driver = { tutti, boundaries, tell };

process.on('message', (order: WorkerOrder) => {
  if (order.do === 'take over') void takeOver(order.from);
  else if (order.do === 'work on') void workOn();
  else void leave();
});

// Before the engine starts: what the lives before this one left on the disk.
await tell({ type: 'found', state: await look() });
await tutti.start();
sqlite.onForeignCommit(() => boundaries.notice());
boundaries.arm();
say({ type: 'ready' });
if (task.role === 'drive') {
  await driveToTheEnd();
  if (task.disturbance?.do.startsWith('freeze') !== true) await leave();
}

async function look(): Promise<StoreState> {
  await tell({ type: 'look' });
  return readState(tutti.client, tutti.engine);
}

async function takeOver(from: string | null): Promise<void> {
  await tell({ type: 'found', state: await look() });
  await driveToTheEnd(from);
}

async function driveToTheEnd(dead: string | null = null): Promise<void> {
  await drive(driver, workload.actions);
  await allEnded(driver);
  // A disk that is filled from here on, by a renewal of the lease, would be looked at before room is made.
  boundaries.disarm();
  await proofOfFull;
  await allEnded(driver);
  if (dead !== null) {
    await until(driver, async () => {
      const workers = await tutti.engine.store.listWorkers();
      return workers.some(({ name, state }) => name === dead && state === 'dead') ? true : null;
    });
  }
  plantInFile(file, task.fault);
  const state = await look();
  const damage = await sqlite.integrityCheck();
  await tell({ type: 'ended', state, damage, passed: boundaries.passed });
  say({ type: 'ended' });
}

/** What only this worker can execute, executed. */
async function workOn(): Promise<void> {
  const { id } = await tutti.client.startRun(ownName, null);
  const { state } = await tutti.client.waitForRun(id);
  await tell({ type: 'worked on', state });
  await leave();
}

async function leave(): Promise<void> {
  await tutti.stop();
  await sqlite.close();
  ledger.close();
  process.disconnect();
}

function startProbe(): Promise<unknown> {
  return tutti.client.startRun(probeName, null, { id: probeName });
}

/** A client asks for something on the full disk, room is made, and the client asks again. */
async function proveFull(): Promise<void> {
  const request = { kind: 'start', run: probeName, name: probeName } as const;
  try {
    await startProbe();
    await tell({ type: 'acknowledged', request });
  } catch (error) {
    const code = isTuttiError(error) ? error.code : String(error);
    const isThere = (await tutti.engine.store.findRun(probeName)) !== null;
    await tell({ type: 'refused', request, code, isThere });
  }
  rmSync(boundaries.ballast, { force: true });
  await startProbe();
  await tell({ type: 'acknowledged', request });
}

// --- what the engine reports ---

function report({ name, fields }: TelemetryEvent): void {
  boundaries.notice();
  if (name !== 'worker.lost' && name !== 'commit.failed') return;
  void tell({ type: 'trouble', name, text: JSON.stringify(fields) });
}

function notice(_message: string, fields?: Readonly<Record<string, unknown>>): void {
  boundaries.notice();
  // The log says it in words: TUTTI_STORE_BUSY.
  if (String(fields?.['reason']).includes('is locked by another connection')) say({ type: 'blocked' });
}
