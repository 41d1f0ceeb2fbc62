import { describe, expect, it } from 'vitest';
import { HandDrivenRun, type Build } from '../../test/pipelines/hand-driven-run.ts';

const fine = (): string => 'fine';

describe('a setup', () => {
  const scene: Build = (p) => {
    const cluster = p.setup('create', {}, fine).teardown('drop', fine);
    const a = p.task('a', { cluster }, fine);
    const b = p.task('b', { a }, fine, { rule: 'allDone' });
    return p.task('c', { b }, fine);
  };

  it('is taken down after everything that follows from it', async () => {
    const bench = await new HandDrivenRun(scene).finishAll();
    expect(bench.begun).toEqual(['create', 'a', 'b', 'c', 'drop']);
  });

  it('is taken down after a failure too, which fails the run', async () => {
    const bench = new HandDrivenRun(scene);
    await bench.finish('create');
    bench.fail('a');
    await bench.finish('b');
    bench.fail('c');
    expect(bench.open).toEqual(['drop']);
    await bench.finishAll();
    expect(bench.outcome).toBe('failed');
  });

  it('that failed keeps everything behind it from running, at any distance and at once', () => {
    const bench = new HandDrivenRun(scene);
    bench.fail('create');
    expect(bench.states).toMatchObject({ a: 'upstreamFailed', b: 'upstreamFailed', c: 'upstreamFailed' });
    expect(bench.states['drop']).toBe('upstreamFailed');
    expect(bench.isFinished).toBe(true);
  });

  it('is not taken down while a task uses it that nobody waits for any more', async () => {
    const bench = new HandDrivenRun((p) => {
      const cluster = p.setup('create', {}, fine).teardown('drop', fine);
      const quick = p.task('quick', { cluster }, fine);
      const slow = p.task('slow', { cluster }, fine);
      p.task('last', { quick, slow }, fine, { leaf: true, rule: 'oneDone' });
    });
    await bench.finish('create');
    await bench.finish('quick');
    await bench.finish('last');
    expect(bench.open).toEqual(['slow']);
    await bench.finishAll();
    expect(bench.begun.at(-1)).toBe('drop');
  });

  it('is not taken down early by a teardown that was told what to follow', async () => {
    const bench = new HandDrivenRun((p) => {
      const cluster = p.setup('create', {}, fine);
      const quick = p.task('quick', { cluster }, fine);
      const slow = p.task('slow', { cluster }, fine);
      const last = p.task('last', { quick, slow }, fine, { leaf: true, rule: 'oneDone' });
      p.task('beyond', { last }, fine, { leaf: true });
      cluster.teardown('drop', fine, { after: [last] });
    });
    await bench.finish('create');
    await bench.finish('quick');
    await bench.finish('last');
    expect(bench.open).toEqual(['slow', 'beyond']);
    await bench.finish('slow');
    expect(bench.open).toEqual(['beyond', 'drop']);
  });

  it('is taken down after the setups made with it', async () => {
    const bench = await new HandDrivenRun((p) => {
      const cluster = p.setup('create cluster', {}, fine).teardown('drop cluster', fine);
      const table = p.setup('create table', { cluster }, fine).teardown('drop table', fine);
      return p.task('work', { table }, fine);
    }).finishAll();
    expect(bench.begun).toEqual(['create cluster', 'create table', 'work', 'drop table', 'drop cluster']);
  });

  it('that has not ended holds back what would run, not the end of what will not', async () => {
    const bench = new HandDrivenRun((p) => {
      const cluster = p.setup('create', {}, fine).teardown('drop', fine);
      const a = p.task('a', { cluster }, fine);
      const other = p.task('other', {}, fine);
      p.task('needs both', { a, other }, fine, { leaf: true });
      p.task('first of both', { a, other }, fine, { leaf: true, rule: 'oneDone' });
      p.task('waits for nothing', { a, other }, fine, { leaf: true, rule: 'always' });
    });
    expect(bench.begun).toEqual(['create', 'other', 'waits for nothing']);
    bench.fail('other');
    expect(bench.states['needs both']).toBe('upstreamFailed');
    expect(bench.begun).not.toContain('first of both');
    await bench.finish('create');
    expect(bench.begun).toContain('first of both');
  });

  it('that failed does not stop a task that waits for nothing', async () => {
    const bench = new HandDrivenRun((p) => {
      const cluster = p.setup('create', {}, fine).teardown('drop', fine);
      const a = p.task('a', { cluster }, fine);
      return p.task('whatever happens', { a }, fine, { rule: 'always' });
    });
    bench.fail('create');
    await bench.finish('whatever happens');
    expect(bench.states).toMatchObject({ a: 'upstreamFailed', 'whatever happens': 'success' });
  });

  it('is taken down when the run is canceled, after what had begun', async () => {
    const bench = new HandDrivenRun(scene);
    await bench.finish('create');
    bench.run.cancel();
    bench.fail('a');
    expect(bench.open).toEqual(['drop']);
    await bench.finishAll();
    expect(bench.isFinished).toBe(true);
    expect(bench.begun).not.toContain('b');
  });

  it('whose teardown may fail the run does not hide a failure, but with compat "airflow"', async () => {
    const failsBefore: Build = (p) => {
      const cluster = p.setup('create', {}, fine).teardown('drop', fine, { failsRun: true });
      return p.task('work', { cluster }, fine);
    };
    for (const [compat, outcome] of [
      [null, 'failed'],
      ['airflow', 'success'],
    ] as const) {
      const bench = new HandDrivenRun(failsBefore, { compat });
      await bench.finish('create');
      bench.fail('work');
      await bench.finish('drop');
      expect(bench.outcome).toBe(outcome);
    }
  });
});
