import { expect, it } from 'vitest';
import { RunningBodies } from './running-bodies.ts';
import type { TestProcess } from './test-process.ts';
import { TimeSkipper } from './time-skipper.ts';
import { VirtualClock } from './virtual-clock.ts';

it('regression: what a body sets off that ends during the look at the goal comes before time', async () => {
  const bodies = new RunningBodies();
  const body = Promise.withResolvers<void>();
  bodies.run(() => body.promise);
  let isSettled = false;
  const process = { bodies, isKilled: false, settled: async () => void (isSettled = !bodies.areRunning) };
  const clock = new VirtualClock();
  const fired: boolean[] = [];
  clock.setTimer(1_000, () => void fired.push(isSettled));
  const skipper = new TimeSkipper({
    clock,
    process: () => process as unknown as TestProcess,
    revive: async () => undefined,
    sent: async () => undefined,
    bodyGraceMs: 1,
    timersMax: 10,
  });
  const arrival = await skipper.skip(async () => {
    body.resolve();
    await body.promise;
    return isSettled;
  });
  expect(arrival).toBe('goal');
  expect(fired).toEqual([]);
});
