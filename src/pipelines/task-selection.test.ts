import { describe, expect, it } from 'vitest';
import { pipeline } from './define-pipeline.ts';
import { describeGraph } from './graph-view.ts';
import { selectedIds, selectTasks } from './task-selection.ts';

const fine = (): string => 'fine';

const view = describeGraph(
  pipeline('p', {}, (p) => {
    const a = p.task('a', {}, fine, { tags: ['slow'] });
    const b = p.task('b', {}, fine, { owner: 'ada' });
    const m = p.map('m', [1], (n, p) => p.task('one', { n, a }, fine, { tags: ['slow'] }));
    const c = p.group('load', (p) => p.task('c', { m, b }, fine));
    return p.task('d', { c }, fine);
  }),
);

function select(...selectors: string[]): readonly string[] {
  return [...selectedIds(selectTasks(view, selectors))].toSorted();
}

describe('a selection', () => {
  it.each([
    ['a', ['a']],
    ['a+', ['a', 'd', 'load/c', 'm', 'm/one']],
    ['+load/c', ['a', 'b', 'load/c', 'm', 'm/one']],
    ['@b', ['a', 'b', 'd', 'load/c', 'm', 'm/one']],
    ['m', ['m', 'm/one']],
    ['load', ['load/c']],
    ['tag:slow', ['a', 'm/one']],
    ['owner:ada', ['b']],
    ['owner:ada+', ['b', 'd', 'load/c']],
    ['*', ['a', 'b', 'd', 'load/c', 'm', 'm/one']],
  ])('%s means %j', (selector, ids) => {
    expect(select(selector)).toEqual(ids);
  });

  it('of several selectors is their union', () => {
    expect(select('a', 'd')).toEqual(['a', 'd']);
  });

  it('of nothing is refused, with the nearest id', () => {
    expect(() => select('load/d')).toThrow("selects no task of pipeline 'p'; did you mean 'load/c'?");
  });
});
