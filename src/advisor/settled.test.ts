import { describe, expect, it } from 'vitest';
import { seededRandom } from '../base/random.ts';
import { judge, leaderOf, type Chosen } from './judge.ts';
import { defaultLimits } from './limits.ts';
import { scoredQuestions } from './question.ts';
import { canStillChange } from './settled.ts';
import { questionTable as table } from './table/question-table.ts';

const measure = { table, limits: defaultLimits, weights: {} };
const all = scoredQuestions(table).map(({ id }) => id);

describe('the open questions', { timeout: 60_000 }, () => {
  it('can change everything while nothing is answered, and nothing once none is open', () => {
    expect(canStillChange({}, all, measure)).toBe(true);
    expect(canStillChange({}, [], measure)).toBe(false);
    expect(canStillChange({ latency: 'hours' }, [], measure)).toBe(false);
  });

  it('can turn a lead together that none of them turns alone', () => {
    expect(
      canStillChange(
        { latency: '<100ms' },
        ['duration', 'longestWait', 'human', 'shape', 'failure'],
        measure,
      ),
    ).toBe(true);
  });

  it('cannot change it when both others are excluded', () => {
    const chosen = { latency: '<100ms', throughput: '1k-10k/s' };
    const open = all.filter((id) => !(id in chosen));
    expect(canStillChange(chosen, open, measure)).toBe(false);
  });

  it('cannot change what is called settled: no random completion ever does', () => {
    const random = seededRandom('settled');
    const pick = <T>(among: readonly T[]): T => among[random.uint32() % among.length]!;
    const complete = (chosen: Chosen, ids: readonly string[]): Chosen => {
      const added = ids.map((id) => [
        id,
        pick(table.questions.find((question) => question.id === id)!.options).id,
      ]);
      return { ...chosen, ...(Object.fromEntries(added) as Chosen) };
    };
    let settled = 0;
    for (let sheet = 0; sheet < 60; sheet += 1) {
      const order = all.toSorted(() => random.next() - 0.5);
      const open = order.slice(0, 1 + (random.uint32() % 8));
      const chosen = complete({}, order.slice(open.length));
      if (canStillChange(chosen, open, measure)) continue;
      settled += 1;
      const leader = leaderOf(judge(chosen, measure));
      for (let trial = 0; trial < 100; trial += 1)
        expect(leaderOf(judge(complete(chosen, open), measure))).toBe(leader);
    }
    expect(settled).toBeGreaterThan(10);
  });
});
