import { runUndisturbed } from './case.ts';
import { failedSyncLane, fullDiskLane, killCallLane } from './disk-lanes.ts';
import { freezeInsideLane, freezeLane } from './freeze-lanes.ts';
import { killLane, killTwiceLane, pairLane } from './kill-lanes.ts';
import type { Bench, Lane, LaneRun } from './lane.ts';
import { workloadNames, type WorkloadName } from './workloads.ts';

export const lanes: readonly Lane[] = [
  killLane,
  killTwiceLane,
  killCallLane,
  pairLane,
  freezeLane,
  freezeInsideLane,
  fullDiskLane,
  failedSyncLane,
];

/** Which cases to run. */
export interface Plan {
  /** Every point of every workload, instead of a few. */
  readonly isFull: boolean;
  readonly lane?: string;
  readonly workload?: string;
  /** This point alone. */
  readonly at?: number;
  /** How many cases run at a time. */
  readonly jobs: number;
}

/** A case that did not pass; its name is what `--only` takes. */
interface Failure {
  readonly name: string;
  readonly findings: readonly string[];
}

/** What was run. */
export interface Summary {
  readonly counts: ReadonlyMap<string, { readonly cases: number; readonly harmed: number }>;
  readonly failures: readonly Failure[];
  readonly skipped: readonly { readonly lane: string; readonly reason: string }[];
}

/** Runs the cases of a plan; `progress` is told of each step of the way. */
export async function runLanes(bench: Bench, plan: Plan, progress: (line: string) => void): Promise<Summary> {
  const counts = new Map<string, { cases: number; harmed: number }>();
  const failures: Failure[] = [];
  const skipped: { lane: string; reason: string }[] = [];
  const chosen = lanes.filter(({ name }) => plan.lane === undefined || name === plan.lane);
  const able = chosen.filter((lane) => {
    const reason = lane.obstacle(bench);
    if (reason !== null) skipped.push({ lane: lane.name, reason });
    return reason === null;
  });
  const jobs: (() => Promise<void>)[] = [];
  for (const lane of able) counts.set(lane.name, { cases: 0, harmed: 0 });
  const asked = workloadNames.filter((name) => plan.workload === undefined || name === plan.workload);

  const runCase = async (lane: Lane, run: LaneRun, at: number): Promise<boolean> => {
    const { isReached, findings } = await lane.runCase(run, at);
    const count = counts.get(lane.name);
    if (count !== undefined) {
      count.cases += 1;
      count.harmed += isReached ? 1 : 0;
    }
    const name = `${lane.name}:${run.workload}:${at}`;
    if (findings.length > 0) failures.push({ name, findings });
    progress(`${findings.length === 0 ? 'ok  ' : 'FAIL'} ${name}${isReached ? '' : ' (over before)'}`);
    for (const finding of findings) progress(`     ${finding}`);
    return isReached;
  };

  const prepare = async (workload: WorkloadName): Promise<void> => {
    const { result, end } = await runUndisturbed(bench, workload);
    if (result.findings.length > 0)
      failures.push({ name: `undisturbed:${workload}`, findings: result.findings });
    if (end === undefined) return;
    const run: LaneRun = { bench, workload, reference: end.state, passed: end.passed };
    for (const lane of able.filter((candidate) => candidate.workloads.includes(workload))) {
      if (plan.at !== undefined) jobs.push(async () => void (await runCase(lane, run, plan.at ?? 0)));
      else {
        const points = await lane.countPoints(run);
        progress(`     ${lane.name}:${workload} passes ${points} points undisturbed`);
        if (plan.isFull) jobs.push(...everyPoint(points, plan.jobs, (at) => runCase(lane, run, at)));
        else {
          const share = workloadNames.indexOf(workload) / workloadNames.length;
          for (const at of somePoints(points, lane.shortCases, share)) {
            jobs.push(async () => void (await runCase(lane, run, at)));
          }
        }
      }
    }
  };

  await inParallel(
    asked.map((workload) => () => prepare(workload)),
    plan.jobs,
  );
  await inParallel(jobs, plan.jobs);
  return { counts, failures, skipped };
}

/** All points, and beyond the counted ones for as long as an execution happens to reach them. */
function everyPoint(
  points: number,
  jobs: number,
  runCase: (at: number) => Promise<boolean>,
): (() => Promise<void>)[] {
  let next = 0;
  let isOver = false;
  const work = async (): Promise<void> => {
    while (!isOver) {
      next += 1;
      const at = next;
      const isReached = await runCase(at);
      if (!isReached && at > points) isOver = true;
    }
  };
  return Array.from({ length: jobs }, () => work);
}

/** Points spread over the execution; `share` moves them, so that workloads are not all harmed at the same place. */
function somePoints(points: number, cases: number, share: number): readonly number[] {
  const width = points / cases;
  return Array.from({ length: Math.min(cases, points) }, (_, index) =>
    Math.max(1, Math.ceil((index + share) * width + width / (2 * workloadNames.length))),
  );
}

async function inParallel(jobs: readonly (() => Promise<void>)[], width: number): Promise<void> {
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: width }, work));
}
