import { onTestFinished, describe, expect, it } from 'vitest';
import { openBench } from './open-bench.ts';
import { lanes, runLanes } from './run-lanes.ts';

describe('harmed processes', () => {
  it('lose nothing acknowledged and repeat no finished step: a few points of every lane and workload', async () => {
    const bench = await openBench();
    onTestFinished(() => bench.close());
    const { failures, counts, skipped } = await runLanes(bench, { isFull: false, jobs: 2 }, () => undefined);
    expect(failures).toEqual([]);
    for (const { lane, reason } of skipped) console.warn(`chaos lane ${lane} skipped: ${reason}`);
    // A lane that harmed nobody would prove nothing.
    const idle = [...counts].filter(([, { harmed }]) => harmed === 0).map(([name]) => name);
    expect(idle).toEqual([]);
    expect(counts.size + skipped.length).toBe(lanes.length);
  }, 300_000);
});
