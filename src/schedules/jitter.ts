import { seededRandom } from '../base/random.ts';
import type { BoundSchedule } from './bound-schedule.ts';

/**
 * By how many whole milliseconds the start that belongs to a tick is put off, below the schedule's `jitter`. It follows from the
 * schedule and the tick, so every worker and every restart comes to the same instant, and two schedules to different ones.
 */
export function jitterOf(bound: BoundSchedule, tick: number): number {
  const { jitterMs } = bound.schedule;
  return jitterMs === 0 ? 0 : Math.floor(seededRandom(`${bound.id}@${tick}`).next() * jitterMs);
}
