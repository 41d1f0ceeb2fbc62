import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandDrivenRun, type Build } from '../../test/pipelines/hand-driven-run.ts';
import type { AnyRef } from './ref.ts';

const fine = (): string => 'fine';
const broken = (): never => {
  throw new Error('broken');
};

/** A random graph: for each task its parents among those before it. */
const graphs = fc
  .integer({ min: 1, max: 25 })
  .chain((size) =>
    fc.tuple(
      fc.array(fc.array(fc.nat({ max: 1_000 }), { maxLength: 4 }), { minLength: size, maxLength: size }),
      fc.array(fc.boolean(), { minLength: size, maxLength: size }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 4 }),
    ),
  );

/** Parents of each task by number. */
function needsOf(parents: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return parents.map((list, index) => (index === 0 ? [] : [...new Set(list.map((n) => n % index))]));
}

function build(needs: readonly (readonly number[])[], fails: readonly boolean[]): Build {
  return (p) => {
    const refs: AnyRef[] = [];
    for (const [index, list] of needs.entries()) {
      const inputs = Object.fromEntries(list.map((n) => [`t${n}`, refs[n]]));
      refs.push(p.task(`t${index}`, inputs, fails[index]! ? broken : fine, { leaf: true }));
    }
  };
}

describe('every graph, in every order of ends', () => {
  it('runs each task at most once, after its parents, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ([parents, fails, order, concurrency]) => {
        const needs = needsOf(parents);
        const bench = new HandDrivenRun(build(needs, fails), { concurrency });
        let turn = 0;
        while (bench.open.length > 0) {
          expect(bench.open.length).toBeLessThanOrEqual(concurrency);
          const { open } = bench;
          await bench.finish(open[order[turn++ % order.length]! % open.length]!);
        }
        expect(bench.isFinished).toBe(true);
        expect(new Set(bench.begun).size).toBe(bench.begun.length);
        for (const [index, list] of needs.entries()) {
          const isReady = list.every((n) => bench.states[`t${n}`] === 'success');
          expect(bench.begun.includes(`t${index}`)).toBe(isReady);
          const expected = isReady ? (fails[index]! ? 'failed' : 'success') : 'upstreamFailed';
          expect(bench.states[`t${index}`]).toBe(expected);
          for (const n of list) {
            if (!isReady) continue;
            expect(bench.begun.indexOf(`t${n}`)).toBeLessThan(bench.begun.indexOf(`t${index}`));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('made anew from its ends without those of a task and what follows, stands as it stood but for these', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.nat(), fc.nat(), async ([parents, fails, order], chosen, ends) => {
        const needs = needsOf(parents);
        const once = new HandDrivenRun(build(needs, fails));
        const inOrder: string[] = [];
        while (once.open.length > 0 && inOrder.length < ends % (needs.length + 1)) {
          const { open } = once;
          const next = open[order[inOrder.length % order.length]! % open.length]!;
          inOrder.push(next);
          await once.finish(next);
        }
        const cleared = new Set([`t${chosen % needs.length}`]);
        for (const [index, list] of needs.entries())
          if (list.some((n) => cleared.has(`t${n}`))) cleared.add(`t${index}`);
        const anew = new HandDrivenRun(build(needs, fails));
        for (const id of inOrder) if (!cleared.has(id)) await anew.finish(id);
        for (const [index, list] of needs.entries()) {
          const id = `t${index}`;
          // What a failure that stays keeps from running is decided at once, cleared or not.
          const isBlocked = list.some((n) =>
            ['failed', 'upstreamFailed'].includes(anew.states[`t${n}`] ?? ''),
          );
          expect(anew.states[id]).toBe(cleared.has(id) && !isBlocked ? undefined : once.states[id]);
        }
        const begins = new Set(anew.open.filter((id) => !cleared.has(id)));
        expect(begins).toEqual(new Set(once.open.filter((id) => !cleared.has(id))));
      }),
      { numRuns: 150 },
    );
  });
});
