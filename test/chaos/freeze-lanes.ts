/** SIGSTOP beyond the lease, then SIGCONT: what a worker that wakes up from a long pause can and cannot do. */
import { Case } from './case.ts';
import type { LedgerLine } from './facts.ts';
import type { CaseResult, Lane, LaneRun } from './lane.ts';
import { workerName } from './worker-task.ts';

const leaseMs = 300;

/** Workloads whose clients only start runs: the driver of the frozen process has nothing to do that another did meanwhile. */
const workloads = ['steps', 'parallel', 'timers', 'undo'] as const;

/** Frozen outside of a transaction, while another worker takes over. */
export const freezeLane: Lane = {
  name: 'freeze',
  title: 'SIGSTOP before or after a commit, beyond the lease; another takes over; SIGCONT',
  workloads,
  countPoints: async ({ passed }) => passed.freeze,
  obstacle: () => null,
  shortCases: 1,
  runCase: runFrozen,
};

async function runFrozen({ bench, workload, reference }: LaneRun, at: number): Promise<CaseResult> {
  const it = new Case(bench, workload);
  const heir = it.start({ life: 2, role: 'stand by', leaseMs });
  it.expect(await heir.said('ready'), 'the other worker did not start');
  const zombie = it.start({ life: 1, role: 'drive', leaseMs, disturbance: { do: 'freeze', at } });
  const isFrozen = await Promise.race([zombie.said('frozen'), zombie.said('ended').then(() => false)]);
  if (isFrozen) {
    heir.order({ do: 'take over', from: workerName(1) });
    it.expect(await heir.said('ended'), 'the other worker did not bring the runs to their end');
    zombie.signal('SIGCONT');
    it.expect(await zombie.said('ended'), 'the frozen worker did not see the end');
  }
  zombie.order({ do: 'work on' });
  await it.ended(zombie, 'exit');
  heir.order({ do: 'leave' });
  await it.ended(heir, 'exit');
  const record = { reference, disturbances: isFrozen ? 1 : 0, ...(isFrozen ? { zombie: 1 } : {}) };
  return it.close(record, (lines) => checkZombie(it, lines, isFrozen));
}

function checkZombie(it: Case, lines: readonly LedgerLine[], isFrozen: boolean): void {
  const worked = lines.find((line) => line.type === 'worked on');
  it.expect(worked?.state === 'completed', 'the worker did not go on working');
  if (!isFrozen) return;
  const losses = lines.filter((line) => line.type === 'trouble' && line.text.includes('TUTTI_OWNER_LOST'));
  it.expect(
    losses.some(({ life }) => life === 1),
    'the frozen worker was not refused with TUTTI_OWNER_LOST',
  );
  const ends = lines.filter((line) => line.type === 'ended').map(({ state }) => JSON.stringify(state));
  it.expect(ends.length === 2 && ends[0] === ends[1], 'the frozen worker changed what had ended');
}

/** Frozen with the write lock in its hand: nobody can declare it dead, and nobody can write. */
export const freezeInsideLane: Lane = {
  ...freezeLane,
  name: 'freeze-inside',
  title: 'SIGSTOP within a transaction, beyond the lease; the other worker waits; SIGCONT',
  workloads: ['steps', 'parallel'],
  countPoints: async ({ passed }) => passed['freeze-inside'],
  shortCases: 1,
  runCase: runFrozenInside,
};

async function runFrozenInside({ bench, workload, reference }: LaneRun, at: number): Promise<CaseResult> {
  const it = new Case(bench, workload);
  const other = it.start({ life: 2, role: 'stand by', leaseMs });
  it.expect(await other.said('ready'), 'the other worker did not start');
  const frozen = it.start({ life: 1, role: 'drive', leaseMs, disturbance: { do: 'freeze-inside', at } });
  const isFrozen = await Promise.race([frozen.said('frozen'), frozen.said('ended').then(() => false)]);
  if (isFrozen) {
    it.expect(await other.said('blocked'), 'the other worker was not refused with TUTTI_STORE_BUSY');
    frozen.signal('SIGCONT');
    it.expect(await frozen.said('ended'), 'the frozen worker did not bring the runs to their end');
  }
  frozen.order({ do: 'work on' });
  await it.ended(frozen, 'exit');
  other.order({ do: 'leave' });
  await it.ended(other, 'exit');
  const disturbances = isFrozen ? 1 : 0;
  // Declared dead the moment it let go of the lock, it may lose steps in flight to the other, like any zombie.
  return it.close({ reference, disturbances });
}
