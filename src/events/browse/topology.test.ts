import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { event } from '../model/event.ts';
import type { PublishedEvent } from '../model/event.ts';
import { topic, type Topic } from '../model/topic.ts';
import { subscriptionsOf } from '../runtime/events-runtime.ts';
import { declaredEdges, findCycles, observedEdges } from './topology.ts';

const noop = (): void => undefined;

/** A topic with events of these types, and a subscription for each step: from a type, to others. */
function chain(
  types: readonly string[],
  steps: readonly (readonly [from: string, to: readonly string[], allowCycle?: boolean])[],
): Topic {
  const made = topic('things', { events: types.map((type) => event(type)) });
  for (const [index, [from, emits, allowCycle = false]] of steps.entries()) {
    made.subscribe(`s${index}`, { on: [from], emits, allowCycle, handler: noop });
  }
  return made;
}

function pathsOf(made: Topic): readonly string[] {
  return findCycles(subscriptionsOf([made])).map(({ path }) => path.join(' '));
}

describe('cycles of declared emits', () => {
  it('are told with the subscriptions on the way, each once', () => {
    const made = chain(
      ['a', 'b', 'c'],
      [
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
        ['c', ['c']],
      ],
    );
    expect(pathsOf(made)).toEqual(['a things/s0 b things/s1 c things/s2 a', 'c things/s3 c']);
  });

  it('are none where the emits lead nowhere back', () => {
    expect(
      pathsOf(
        chain(
          ['a', 'b'],
          [
            ['a', ['b']],
            ['a', ['elsewhere']],
          ],
        ),
      ),
    ).toEqual([]);
  });

  it('are allowed where one of their subscriptions says so', () => {
    const made = chain(
      ['a', 'b'],
      [
        ['a', ['b']],
        ['b', ['a'], true],
      ],
    );
    expect(findCycles(subscriptionsOf([made]))).toMatchObject([{ isAllowed: true }]);
  });

  it('exist exactly where a type can be reached from itself', () => {
    const types = ['a', 'b', 'c', 'd'];
    const step = fc.tuple(fc.constantFrom(...types), fc.subarray(types));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
        const reached = (from: string, seen = new Set<string>()): Set<string> => {
          for (const [on, emits] of steps) {
            if (on !== from) continue;
            for (const next of emits.filter((one) => !seen.has(one))) reached(next, seen.add(next));
          }
          return seen;
        };
        const isCyclic = types.some((type) => reached(type).has(type));
        expect(pathsOf(chain(types, steps)).length > 0).toBe(isCyclic);
      }),
    );
  });
});

describe('edges', () => {
  it('are declared by what a subscription reads and emits', () => {
    const out = topic('out', { events: [event('b')] });
    const source = topic('in', { events: [event('a')] });
    source.subscribe('copy', { emits: ['b', 'gone'], handler: noop });
    expect(declaredEdges([source, out])).toEqual([
      { from: 'in', to: 'in/copy', types: ['a'], kind: 'declared' },
      { from: 'in/copy', to: 'out', types: ['b'], kind: 'declared' },
    ]);
  });

  it('are observed from causes where those are known, else from sources', () => {
    const one = (id: string, causationId: string | null): PublishedEvent =>
      ({ id, causationId, source: 'shop', type: 'a' }) as PublishedEvent;
    const newest = new Map([
      ['in', [one('1', null), one('2', 'long gone')]],
      ['out', [one('3', '1')]],
    ]);
    expect(observedEdges(newest)).toEqual([
      { from: 'shop', to: 'in', types: ['a'], kind: 'observed' },
      { from: 'in', to: 'out', types: ['a'], kind: 'observed' },
    ]);
  });
});
