import { onTestFinished, describe, expect, it } from 'vitest';
import { runUndisturbed } from './case.ts';
import { fullDiskLane } from './disk-lanes.ts';
import { freezeLane } from './freeze-lanes.ts';
import { killLane } from './kill-lanes.ts';
import type { Lane } from './lane.ts';
import { openBench } from './open-bench.ts';
import type { PlantedFault } from './planted-faults.ts';
import type { WorkloadName } from './workloads.ts';

interface Planted {
  readonly fault: PlantedFault;
  readonly lane: Lane;
  readonly workload: WorkloadName;
  /** What the lane must say. */
  readonly finding: RegExp;
}

const planted: readonly Planted[] = [
  { fault: 'effect twice', lane: killLane, workload: 'steps', finding: /had more than \d effects?/ },
  { fault: 'finished step again', lane: killLane, workload: 'steps', finding: /finished step .* ran again/ },
  { fault: 'new key', lane: killLane, workload: 'steps', finding: /changed its idempotency key/ },
  {
    fault: 'early acknowledgement',
    lane: killLane,
    workload: 'steps',
    finding: /lost although acknowledged/,
  },
  { fault: 'leftover wait', lane: killLane, workload: 'steps', finding: /has finished and still waits/ },
  { fault: 'lost entry', lane: killLane, workload: 'steps', finding: /ended otherwise/ },
  {
    fault: 'swallowed refusal',
    lane: fullDiskLane,
    workload: 'steps',
    finding: /was not refused|lost although/,
  },
  {
    fault: 'no fence',
    lane: freezeLane,
    workload: 'steps',
    finding: /not refused with TUTTI_OWNER_LOST|changed what had ended/,
  },
];

describe('the lane catches', () => {
  it.each(planted)(
    '$fault',
    async ({ fault, lane, workload, finding }) => {
      const bench = await openBench();
      onTestFinished(() => bench.close());
      const { end } = await runUndisturbed(bench, workload);
      const reason = lane.obstacle(bench);
      if (reason !== null) {
        console.warn(`${lane.name} skipped: ${reason}`);
        return;
      }
      const run = { bench: { ...bench, fault }, workload, reference: end!.state, passed: end!.passed };
      const points = await lane.countPoints({ ...run, bench });
      const findings: string[] = [];
      // A fault shows at some points only; a stride that divides no commit evenly comes to all kinds of boundaries.
      for (let at = Math.ceil(points / 3); at <= points && !findings.some(matches); at += stride(points)) {
        findings.push(...(await lane.runCase(run, at)).findings);
      }
      function matches(text: string): boolean {
        return finding.test(text);
      }
      expect(findings.filter(matches)).not.toEqual([]);
    },
    120_000,
  );
});

function stride(points: number): number {
  return points > 30 ? 7 : 1;
}
