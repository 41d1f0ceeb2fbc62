import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from './clock.ts';

/** Loads the clock anew, so that it picks up the test's timers instead of the machine's. */
async function loadClock(): Promise<Clock> {
  vi.resetModules();
  return (await import('./clock.ts')).systemClock;
}

describe('the system clock', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells whole milliseconds since 1970', async () => {
    const clock = await loadClock();
    vi.advanceTimersByTime(234);
    expect(clock.now()).toBe(1_234);
  });

  it('calls back once, when the delay has passed and not before', async () => {
    const clock = await loadClock();
    const callback = vi.fn();
    clock.setTimer(100, callback);
    vi.advanceTimersByTime(99);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('treats a delay in the past as none', async () => {
    const clock = await loadClock();
    const callback = vi.fn();
    clock.setTimer(-5, callback);
    vi.advanceTimersByTime(0);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('keeps delays longer than the 24.8 days that Node can wait', async () => {
    const clock = await loadClock();
    const callback = vi.fn();
    const sixtyDaysMs = 60 * 86_400_000;
    clock.setTimer(sixtyDaysMs, callback);
    vi.advanceTimersByTime(sixtyDaysMs - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('never calls back after a cancel, also in the middle of a long delay', async () => {
    const clock = await loadClock();
    const callback = vi.fn();
    const short = clock.setTimer(100, callback);
    const long = clock.setTimer(60 * 86_400_000, callback);
    short.cancel();
    vi.advanceTimersByTime(30 * 86_400_000);
    long.cancel();
    long.cancel();
    vi.advanceTimersByTime(60 * 86_400_000);
    expect(callback).not.toHaveBeenCalled();
  });

  it('reads the real time even where the globals were replaced later', async () => {
    const clock = await loadClock();
    const spy = vi.spyOn(Date, 'now').mockReturnValue(-1);
    expect(clock.now()).toBe(1_000);
    spy.mockRestore();
  });
});
