import { describe, expect, it } from 'vitest';
import { HandDrivenRun, type Build } from '../../test/pipelines/hand-driven-run.ts';

const fine = (): string => 'fine';
const broken = (): never => {
  throw new Error('broken');
};

describe('a graph', () => {
  it('runs a diamond once, each task after its parents', async () => {
    const bench = new HandDrivenRun((p) => {
      const a = p.task('a', {}, fine);
      const b = p.task('b', { a }, fine);
      const c = p.task('c', { a }, fine);
      return p.task('d', { b, c }, fine);
    });
    expect(bench.open).toEqual(['a']);
    await bench.finish('a');
    expect(bench.open).toEqual(['b', 'c']);
    await bench.finish('c');
    expect(bench.open).toEqual(['b']);
    await bench.finishAll();
    expect(bench.begun).toEqual(['a', 'b', 'c', 'd']);
    expect(bench.isFinished).toBe(true);
    expect(bench.outcome).toBe('success');
  });

  it('runs a task at once whose rule waits for nothing', async () => {
    const bench = new HandDrivenRun((p) => {
      const slow = p.task('slow', {}, fine);
      const announced = p.task('announced', { slow }, ({ slow }) => slow.state, { rule: 'always' });
      const own = p.task('own', { slow }, ({ slow }) => slow.state, { rule: () => true });
      return p.task('both', { announced, own, slow }, ({ announced, own }) => [announced, own], {
        rule: 'allDone',
      });
    });
    expect(bench.open).toEqual(['slow', 'announced', 'own']);
    await bench.finish('announced');
    await bench.finish('own');
    expect(bench.open).toEqual(['slow']);
    await bench.finishAll();
    expect(bench.begun).toEqual(['slow', 'announced', 'own', 'both']);
  });

  it('fails the task whose own rule throws, and nothing else', async () => {
    const bench = new HandDrivenRun((p) => {
      const a = p.task('a', {}, fine);
      const cannotSay = (): boolean => {
        throw new Error('cannot say');
      };
      p.task('b', { a }, fine, { leaf: true, rule: cannotSay });
      p.task('c', { a }, fine, { leaf: true });
    });
    await bench.finishAll();
    expect(bench.states).toEqual({ a: 'success', b: 'failed', c: 'success' });
    expect(bench.outcome).toBe('failed');
  });

  it('does not stop other branches for a failure', async () => {
    const bench = new HandDrivenRun((p) => {
      const bad = p.task('bad', {}, broken);
      p.task('behind', { bad }, fine, { leaf: true });
      const good = p.task('good', {}, fine);
      p.task('after', { good }, fine, { leaf: true });
    });
    await bench.finishAll();
    expect(bench.states).toEqual({
      bad: 'failed',
      behind: 'upstreamFailed',
      good: 'success',
      after: 'success',
    });
    expect(bench.outcome).toBe('failed');
  });

  it('decides eagerly: one failed parent is enough', () => {
    const bench = new HandDrivenRun((p) => {
      const a = p.task('a', {}, fine);
      const b = p.task('b', {}, fine);
      return p.task('c', { a, b }, fine);
    });
    bench.fail('a');
    expect(bench.states['c']).toBe('upstreamFailed');
    expect(bench.isFinished).toBe(false);
  });

  it('hands outcomes to a rule that looks at failures', async () => {
    let seen: unknown;
    const bench = new HandDrivenRun((p) => {
      const a = p.task('a', {}, broken);
      const b = p.task('b', {}, () => 5);
      return p.task('c', { a, b, text: 'x' }, (inputs) => void (seen = inputs), { rule: 'allDone' });
    });
    await bench.finishAll();
    expect(seen).toMatchObject({ a: { state: 'failed' }, b: { state: 'success', value: 5 }, text: 'x' });
  });

  it('holds no more tasks at a time than its limits allow, the higher priority first', async () => {
    const bench = new HandDrivenRun(
      (p) => {
        p.task('low', {}, fine, { leaf: true });
        p.task('high', {}, fine, { leaf: true, priority: 5 });
        p.task('middle', {}, fine, { leaf: true, priority: 3 });
      },
      { concurrency: 1 },
    );
    expect(bench.open).toEqual(['high']);
    await bench.finishAll();
    expect(bench.begun).toEqual(['high', 'middle', 'low']);
  });

  it('counts the instances of one task against its own limit', async () => {
    const bench = new HandDrivenRun((p) => {
      const mapped = p.map('m', [1, 2, 3], (n, p) => p.task('one', { n }, fine, { concurrency: 2 }));
      return mapped;
    });
    expect(bench.open).toEqual(['m[0]/one', 'm[1]/one']);
    await bench.finish('m[1]/one');
    expect(bench.open).toEqual(['m[0]/one', 'm[2]/one']);
  });
});

describe('a failure', () => {
  const hidden: Build = (p) => {
    const bad = p.task('bad', {}, broken);
    return p.task('end', { bad }, fine, { rule: 'allDone' });
  };

  it('is not hidden by a last task that runs whatever happened', async () => {
    expect((await new HandDrivenRun(hidden).finishAll()).outcome).toBe('failed');
  });

  it('is hidden by it with compat: airflow', async () => {
    expect((await new HandDrivenRun(hidden, { compat: 'airflow' }).finishAll()).outcome).toBe('success');
  });

  it('is taken by a task that ran because of it and succeeded', async () => {
    const bench = new HandDrivenRun((p) => {
      const bad = p.task('bad', {}, broken);
      return p.task('repair', { bad }, fine, { rule: 'oneFailed' });
    });
    expect((await bench.finishAll()).outcome).toBe('success');
  });

  it('does not count where it is allowed', async () => {
    const bench = new HandDrivenRun((p) => {
      p.task('bad', {}, broken, { leaf: true, allowFailure: true });
    });
    expect((await bench.finishAll()).outcome).toBe('success');
  });
});

describe('a branch', () => {
  const branch: Build = (p) => {
    const size = p.task('size', {}, (): 'big' | 'small' => 'big');
    const loaded = p.branch(size, {
      big: (p) => p.task('bulk', {}, () => 'bulk loaded'),
      small: (p) => {
        const first = p.task('insert', {}, fine);
        return p.task('check', { first }, fine, { rule: 'always' });
      },
    });
    return p.task('report', { loaded }, ({ loaded }) => loaded);
  };

  it('skips the other arm whole and runs the join with the result of its own', async () => {
    const bench = await new HandDrivenRun(branch).finishAll();
    expect(bench.states).toMatchObject({
      bulk: 'success',
      insert: 'skipped',
      check: 'skipped',
      report: 'success',
    });
    expect(bench.run.root.values.at(-1)).toBe('bulk loaded');
  });

  it('skips the join with compat: airflow, and lets the rules of the other arm decide', async () => {
    const bench = await new HandDrivenRun(
      (p) => {
        const size = p.task('size', {}, (): 'big' | 'small' => 'big');
        const loaded = p.branch(size, {
          big: (p) => p.task('bulk', {}, fine),
          small: (p) => {
            const first = p.task('insert', {}, fine);
            p.task('note', { first }, fine, { rule: 'allDone', leaf: true });
            return p.task('check', { first }, fine);
          },
        });
        p.task('beside', { size }, fine, { leaf: true });
        return p.task('report', { loaded }, fine);
      },
      { compat: 'airflow' },
    ).finishAll();
    expect(bench.states).toMatchObject({ bulk: 'success', insert: 'skipped', note: 'success' });
    expect(bench.states).toMatchObject({ check: 'skipped', beside: 'skipped', report: 'skipped' });
  });

  it('fails, and nothing else with it, when no arm fits', async () => {
    const bench = await new HandDrivenRun((p) => {
      const size = p.task('size', {}, (): 'big' | 'huge' => 'huge');
      const arms = { big: (q: typeof p) => q.task('bulk', {}, fine) } as never;
      return p.branch(size, arms);
    }).finishAll();
    expect(bench.states).toMatchObject({
      'size?': 'failed',
      bulk: 'upstreamFailed',
      'size?result': 'upstreamFailed',
    });
  });

  it('nests: an arm not picked skips the branches in it', async () => {
    const bench = await new HandDrivenRun((p) => {
      const yes = p.task('yes', {}, () => false);
      return p.when(yes, (p) => {
        const inner = p.task('inner', {}, () => true);
        return p.when(inner, (p) => p.task('deep', {}, fine));
      });
    }).finishAll();
    expect(bench.states).toMatchObject({ inner: 'skipped', 'inner?': 'skipped', deep: 'skipped' });
    expect(bench.outcome).toBe('skipped');
  });

  it('waits with the tasks of an arm until the arm is picked, whatever their rule', () => {
    const bench = new HandDrivenRun((p) => {
      const yes = p.task('yes', {}, () => true);
      return p.when(yes, (p) => p.task('always', {}, fine, { rule: 'always' }));
    });
    expect(bench.open).toEqual(['yes']);
  });
});

describe('a map', () => {
  it('keeps the order of its items, whatever the order of ends', async () => {
    const bench = new HandDrivenRun((p) =>
      p.map('m', [1, 2, 3], (n, p) => p.task('one', { n }, ({ n }) => n * 10)),
    );
    await bench.finishAll((open) => open.at(-1)!);
    expect(bench.run.root.values[0]).toEqual([10, 20, 30]);
  });

  it('of no items results in an empty list, and its followers run', async () => {
    const empty: Build = (p) => {
      const mapped = p.map('m', [] as number[], (n, p) => p.task('one', { n }, ({ n }) => n));
      return p.task('sum', { mapped }, ({ mapped }) => mapped.length);
    };
    expect((await new HandDrivenRun(empty).finishAll()).states).toEqual({ m: 'success', sum: 'success' });
    const compat = await new HandDrivenRun(empty, { compat: 'airflow' }).finishAll();
    expect(compat.states).toEqual({ m: 'skipped', sum: 'skipped' });
  });

  it('counts each instance as a parent outside, and only those of its own index inside', async () => {
    const bench = new HandDrivenRun((p) => {
      const mapped = p.map('m', [1, 2, 3], (n, p) => {
        const a = p.task('a', { n }, fine);
        return p.task('b', { a }, fine);
      });
      p.task('first', { mapped }, fine, { rule: 'oneSuccess', leaf: true });
      p.task('all', { mapped }, fine, { leaf: true });
    });
    await bench.finish('m[1]/a');
    expect(bench.open).toContain('m[1]/b');
    await bench.finish('m[1]/b');
    expect(bench.begun).toContain('first');
    expect(bench.begun).not.toContain('all');
    bench.fail('m[0]/a');
    expect(bench.states['all']).toBe('upstreamFailed');
  });

  it('works on no more instances at a time than it is told', async () => {
    const bench = new HandDrivenRun((p) =>
      p.map('m', [1, 2, 3], (n, p) => p.task('one', { n }, fine), { concurrency: 1 }),
    );
    expect(bench.open).toEqual(['m[0]/one']);
    await bench.finishAll();
    expect(bench.begun).toEqual(['m[0]/one', 'm[1]/one', 'm[2]/one']);
  });

  it('sees tasks outside of it, and waits for them', async () => {
    const bench = new HandDrivenRun((p) => {
      const rate = p.task('rate', {}, () => 2);
      return p.map('m', [1, 2], (n, p) => p.task('one', { n, rate }, ({ n, rate }) => n * rate));
    });
    expect(bench.open).toEqual(['rate']);
    await bench.finishAll();
    expect(bench.run.root.values[1]).toEqual([2, 4]);
  });

  it('fails alone when its items are no list', async () => {
    const bench = await new HandDrivenRun((p) => {
      const items = p.task('items', {}, () => 5 as unknown as number[]);
      return p.map('m', items, (n, p) => p.task('one', { n }, fine));
    }).finishAll();
    expect(String(bench.run.root.values[1])).toMatch(/a number; expected a list/);
  });
});

describe('a loop', () => {
  it('goes on until its condition holds, each round on the result of the one before', async () => {
    const bench = await new HandDrivenRun((p) =>
      p.loop('grow', 1, (n, p) => p.task('double', { n }, ({ n }) => n * 2), { max: 9, until: (n) => n > 5 }),
    ).finishAll();
    expect(bench.begun).toEqual(['grow[0]/double', 'grow[1]/double', 'grow[2]/double']);
    expect(bench.run.root.values[0]).toBe(8);
  });

  it('fails when its condition does not hold in time', async () => {
    const bench = await new HandDrivenRun((p) =>
      p.loop('grow', 1, (n, p) => p.task('same', { n }, ({ n }) => n), { max: 2, until: () => false }),
    ).finishAll();
    expect(bench.states['grow']).toBe('failed');
  });
});
