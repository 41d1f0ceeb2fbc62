import { describe, expect, it } from 'vitest';
import { cron, pipeline, signal, workflow } from 'tutti';
import { VirtualClock } from 'tutti/testing';
import { z } from 'zod';
import { runOnce, withTutti } from './scene.ts';

describe('a pipeline run', () => {
  it('takes its input through the schema and gives the result of its last task', async () => {
    const input = z.object({ day: z.string(), limit: z.number().default(10) });
    const etl = pipeline('etl', { input }, (p) =>
      p.task('show', { in: p.input }, ({ in: i }) => `${i.day} ${i.limit}`),
    );
    expect((await runOnce(etl, { day: 'monday' })).output).toBe('monday 10');
    await expect(runOnce(etl, { day: 5 })).rejects.toThrow(/day/);
  });

  it('names the failed tasks and their first error', async () => {
    const bad = pipeline('bad', {}, (p) => {
      const a = p.task('a', {}, () => {
        throw new Error('no disk');
      });
      return p.task('b', { a }, () => 1);
    });
    const run = await runOnce(bad);
    expect(run.state).toBe('failed');
    expect(run.error).toMatchObject({
      code: 'TUTTI_TASKS_FAILED',
      message: expect.stringMatching(/failed in a: no disk/),
    });
  });

  it('tries again as long as the condition says it is worth it', async () => {
    let attempts = 0;
    const flaky = pipeline('flaky', {}, (p) => {
      p.task(
        'passing',
        {},
        (_, { attempt }) => {
          if (attempt < 3) throw new Error('busy');
        },
        { leaf: true, retry: { maximumAttempts: 5, initialInterval: 1 } },
      );
      p.task(
        'lasting',
        {},
        () => {
          attempts += 1;
          throw new TypeError('wrong');
        },
        {
          leaf: true,
          retry: { maximumAttempts: 5, initialInterval: 1, if: (error) => !(error instanceof TypeError) },
        },
      );
    });
    const run = await runOnce(flaky);
    expect(run.error?.message).toMatch(/failed in lasting: wrong/);
    expect(attempts).toBe(1);
  });

  it('waits for signals, people, time and other runs', async () => {
    const approved = signal('approved', z.object({ by: z.string() }));
    const double = workflow('double', async (_ctx, n: number) => n * 2);
    const inner = pipeline('inner', { input: z.object({ n: z.number() }) }, (p) =>
      p.task('plus', { in: p.input }, ({ in: i }) => i.n + 1),
    );
    const outer = pipeline('outer', {}, (p) => {
      const n = p.task('n', {}, () => 20);
      const doubled = p.call('double it', double, n);
      const more = p.call('one more', inner, { n: doubled });
      const nap = p.sleep('nap', 5);
      const by = p.wait('approval', approved);
      const answer = p.ask('sure', { form: z.object({ yes: z.boolean() }), detail: more });
      return p.task('end', { more, by, answer }, (all) => all, { after: [nap] });
    });
    await withTutti([double, inner, outer], async ({ client }) => {
      const { id } = await client.startRun('outer', undefined);
      await client.sendSignal(id, 'approved', { by: 'Ada' });
      await expect.poll(() => client.listApprovals()).toHaveLength(1);
      const [question] = await client.listApprovals();
      expect(question?.detail).toBe(41);
      await client.answerApproval(question!.id, { yes: true }, 'Ben');
      const run = await client.waitForRun(id);
      expect(run.output).toEqual({ more: 41, by: { by: 'Ada' }, answer: { yes: true, by: 'Ben' } });
      await expect(client.sendSignal(id, 'aproved', {})).rejects.toThrow('Did you mean "approved"?');
    });
  });

  it('that is canceled stops its tasks and takes down what it set up', async () => {
    const seen: string[] = [];
    const scene = pipeline('scene', {}, (p) => {
      const cluster = p
        .setup('create', {}, () => 'c1')
        .teardown('drop', ({ setup }) => void seen.push(`drop ${setup}`));
      const never = p.task('never', { cluster }, (_, { signal }) => {
        seen.push('begun');
        return new Promise((resolve) => signal.addEventListener('abort', resolve));
      });
      return p.task('after', { never }, () => seen.push('after'));
    });
    await withTutti([scene], async ({ client }) => {
      const { id } = await client.startRun('scene', undefined);
      await expect.poll(() => seen).toEqual(['begun']);
      await client.cancelRun(id, 'enough');
      expect((await client.waitForRun(id)).state).toBe('canceled');
      expect(seen).toEqual(['begun', 'drop c1']);
    });
  });

  it('tells whom it is told to tell, and does not fail when they do not listen', async () => {
    const told: string[] = [];
    const tell = (event: { event: string; task: string | null }): void =>
      void told.push(`${event.event} ${event.task}`);
    const noisy = pipeline('noisy', { onSuccess: [tell] }, (p) => {
      const a = p.task('a', {}, () => 1, { onSuccess: tell });
      const never = p.task('no', {}, () => false);
      p.when(never, (p) => p.task('skipped', {}, () => 1, { leaf: true, onSkipped: tell }));
      return p.task('b', { a }, () => 1);
    });
    expect((await runOnce(noisy)).state).toBe('completed');
    expect(told.toSorted()).toEqual(['skipped skipped', 'success a', 'success null']);
  });

  it('says when a deadline has passed, and goes on', async () => {
    const told: string[] = [];
    const slow = pipeline('slow', {}, (p) => {
      const nap = p.sleep('nap', 60);
      p.task('early', {}, () => 1, {
        leaf: true,
        deadline: { after: 30, notify: () => void told.push('early') },
      });
      return p.task('late', {}, () => 1, {
        after: [nap],
        deadline: { after: 10, notify: (event) => void told.push(`${event.event} ${event.task}`) },
      });
    });
    expect((await runOnce(slow)).state).toBe('completed');
    expect(told).toEqual(['late late']);
  });

  it('maps over what only a run can know, thousands of items', async () => {
    const big = pipeline('big', {}, (p) => {
      const items = p.task('items', {}, () => Array.from({ length: 3_000 }, (_, i) => i));
      const squares = p.map('square', items, (n, p) =>
        p.task('one', { n }, ({ n }, { mapIndex }) => n * (mapIndex ?? 0)),
      );
      return p.task('sum', { squares }, ({ squares }) => squares.reduce((a, b) => a + b, 0));
    });
    const run = await runOnce(big, undefined, { dev: false });
    expect(run.output).toBe(Array.from({ length: 3_000 }, (_, i) => i * i).reduce((a, b) => a + b, 0));
  });
});

describe('a task with a target', () => {
  it('does not do again what is done, and fails when it left nothing behind', async () => {
    const world = new Set(['old']);
    const ran: string[] = [];
    const luigi = pipeline('luigi', {}, (p) => {
      const target = (name: string) => () => ({
        name,
        exists: () => world.has(name),
        read: () => `read ${name}`,
      });
      const work = (name: string, does: boolean) => (): string => {
        ran.push(name);
        if (does) world.add(name);
        return `made ${name}`;
      };
      const old = p.task('old', {}, work('old', true), { target: target('old') });
      const fresh = p.task('fresh', {}, work('fresh', true), { target: target('fresh') });
      p.task('lost', {}, work('lost', false), { leaf: true, target: target('lost'), allowFailure: true });
      return p.task('both', { old, fresh }, (both) => both);
    });
    const run = await runOnce(luigi);
    expect(run.output).toEqual({ old: 'read old', fresh: 'made fresh' });
    expect(ran.toSorted()).toEqual(['fresh', 'lost']);
  });
});

describe('a scheduled run', () => {
  it('tells its tasks the interval it is about', async () => {
    const start = Date.UTC(2026, 0, 1, 12);
    const clock = new VirtualClock(start);
    const daily = pipeline('daily', { schedule: cron('0 0 * * *', { timezone: 'UTC' }) }, (p) =>
      p.task('show', {}, (_, { interval }) => [interval.start.toISOString(), interval.end.toISOString()]),
    );
    await withTutti(
      [daily],
      async ({ client }) => {
        await expect.poll(async () => (await client.listRuns({ definition: 'daily' })).length).toBe(1);
        const [run] = await client.listRuns({ definition: 'daily' });
        expect((await client.waitForRun(run!.id)).output).toEqual([
          '2025-12-31T00:00:00.000Z',
          '2026-01-01T00:00:00.000Z',
        ]);
      },
      { clock },
    );
  });
});

describe('a pool', () => {
  it('limits tasks of all runs together, by a name made of their inputs', async () => {
    let [running, most] = [0, 0];
    const pooled = pipeline('pooled', { input: z.object({ customer: z.string() }) }, (p) =>
      p.map('m', [1, 2, 3], (n, p) =>
        p.task(
          'one',
          { n, in: p.input },
          async () => {
            running += 1;
            most = Math.max(most, running);
            await new Promise(setImmediate);
            running -= 1;
          },
          { pool: ({ in: i }) => ({ name: `customer/${i.customer}`, limit: 2 }) },
        ),
      ),
    );
    await withTutti([pooled], async ({ client }) => {
      const ids = ['a', 'b', 'c'];
      for (const id of ids) await client.startRun('pooled', { customer: 'ada' }, { id });
      for (const id of ids) expect((await client.waitForRun(id)).state).toBe('completed');
    });
    expect(most).toBe(2);
  });
});

describe('a cache', () => {
  it('hands out an earlier result for the same key until it expires', async () => {
    const ran: number[] = [];
    const cached = pipeline('cached', { input: z.object({ n: z.number(), day: z.number() }) }, (p) =>
      p.task(
        'square',
        { in: p.input },
        ({ in: i }) => {
          ran.push(i.n);
          return i.n * i.n;
        },
        { cache: { key: ({ in: i }) => i.n, expires: '1h' } },
      ),
    );
    const clock = new VirtualClock();
    await withTutti(
      [cached],
      async ({ client }) => {
        const run = async (n: number, day: number): Promise<unknown> => {
          const { id } = await client.startRun('cached', { n, day });
          return (await client.waitForRun(id)).output;
        };
        expect([await run(2, 1), await run(3, 1), await run(2, 2)]).toEqual([4, 9, 4]);
        expect(ran).toEqual([2, 3]);
        clock.jump(2 * 3_600_000);
        expect(await run(2, 3)).toBe(4);
        expect(ran).toEqual([2, 3, 2]);
      },
      { clock },
    );
  });

  it('knows a key again, in whichever order its fields were written', async () => {
    let ran = 0;
    const cached = pipeline('cached', {}, (p) =>
      p.task('count', { in: p.input }, () => (ran += 1), { cache: { key: (inputs) => inputs.in } }),
    );
    await withTutti([cached], async ({ client }) => {
      const run = async (input: unknown): Promise<unknown> => {
        const { id } = await client.startRun('cached', input);
        return (await client.waitForRun(id)).output;
      };
      const twice = { a: 1, b: { c: [1, 2], d: new Date(0) } };
      expect(await run(twice)).toBe(1);
      expect(await run({ b: { d: new Date(0), c: [1, 2] }, a: 1 })).toBe(1);
      expect(await run({ b: { d: new Date(0), c: [2, 1] }, a: 1 })).toBe(2);
    });
  });
});
