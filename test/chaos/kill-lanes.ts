/** SIGKILL at every write boundary in turn. */
import { Case } from './case.ts';
import type { CaseResult, Lane, LaneRun } from './lane.ts';
import { workloadNames } from './workloads.ts';

/** How long a dead worker keeps its runs. Milliseconds; short, since every case waits for it. */
const leaseMs = 150;
/** With two processes a lease must also outlast their slow moments on a busy machine. */
const pairLeaseMs = 600;

const countBoundaries = async ({ passed }: LaneRun): Promise<number> => passed.kill;

/** One process at a time: killed at the point, then replaced. */
export const killLane: Lane = {
  name: 'kill',
  title: 'SIGKILL at a write boundary; a fresh process goes on',
  workloads: workloadNames,
  countPoints: countBoundaries,
  obstacle: () => null,
  shortCases: 3,
  runCase: async ({ bench, workload, reference }, at) => {
    const it = new Case(bench, workload);
    const first = it.start({ life: 1, role: 'drive', leaseMs, disturbance: { do: 'kill', at } });
    const isKilled = (await it.ended(first, 'either')).signal === 'SIGKILL';
    if (isKilled) await it.ended(it.start({ life: 2, role: 'drive', leaseMs }), 'exit');
    return it.close({ reference, disturbances: isKilled ? 1 : 0 });
  },
};

/** The successor is killed as well, at the same boundary of its own count, and replaced. */
export const killTwiceLane: Lane = {
  ...killLane,
  name: 'kill-twice',
  title: 'SIGKILL at a write boundary, and again at that of the successor',
  shortCases: 1,
  runCase: async ({ bench, workload, reference }, at) => {
    const it = new Case(bench, workload);
    const disturbance = { do: 'kill', at } as const;
    let kills = 0;
    for (let life = 1; life <= 2 && kills === life - 1; life += 1) {
      const { signal } = await it.ended(it.start({ life, role: 'drive', leaseMs, disturbance }), 'either');
      if (signal === 'SIGKILL') kills += 1;
    }
    if (kills === 2) await it.ended(it.start({ life: 3, role: 'drive', leaseMs }), 'exit');
    return it.close({ reference, disturbances: kills });
  },
};

/** Two processes share the file; one is killed at the point, the other takes over. */
export const pairLane: Lane = {
  name: 'pair',
  title: 'SIGKILL at a write boundary of one of two workers; the other takes over',
  workloads: workloadNames,
  countPoints: countBoundaries,
  obstacle: () => null,
  shortCases: 1,
  runCase: async (run, at) => runPair(run, at),
};

async function runPair({ bench, workload, reference }: LaneRun, at: number): Promise<CaseResult> {
  const it = new Case(bench, workload);
  const survivor = it.start({ life: 2, role: 'stand by', leaseMs: pairLeaseMs });
  const victim = it.start({
    life: 1,
    role: 'drive',
    leaseMs: pairLeaseMs,
    disturbance: { do: 'kill', at },
  });
  it.expect(await survivor.said('ready'), 'the other worker did not start');
  const isKilled = (await it.ended(victim, 'either')).signal === 'SIGKILL';
  if (isKilled) {
    survivor.order({ do: 'take over', from: null });
    it.expect(await survivor.said('ended'), 'the other worker did not bring the runs to their end');
  }
  survivor.order({ do: 'leave' });
  await it.ended(survivor, 'exit');
  return it.close({ reference, disturbances: isKilled ? 1 : 0 });
}
