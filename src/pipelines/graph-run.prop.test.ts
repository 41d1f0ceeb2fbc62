import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandDrivenRun } from '../../test/pipelines/hand-driven-run.ts';
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

describe('every graph, in every order of ends', () => {
  it('runs each task at most once, after its parents, and ends', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, async ([parents, fails, order, concurrency]) => {
        const needs = parents.map((list, index) =>
          index === 0 ? [] : [...new Set(list.map((n) => n % index))],
        );
        const bench = new HandDrivenRun(
          (p) => {
            const refs: AnyRef[] = [];
            for (const [index, list] of needs.entries()) {
              const inputs = Object.fromEntries(list.map((n) => [`t${n}`, refs[n]]));
              refs.push(p.task(`t${index}`, inputs, fails[index]! ? broken : fine, { leaf: true }));
            }
          },
          { concurrency },
        );
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
});
