import { describe, expect, it } from 'vitest';
import { pipeline, type Pipeline } from 'tutti';
import { createTestTutti, seededRandom } from 'tutti/testing';
import { createTestEnvironment } from '../../src/testing/create-test-tutti.ts';

/** A run in which `done` has ended, `broken` has failed and `slow` is at work until it is told to end. */
function scene(): {
  definition: Pipeline;
  ran: string[];
  state: { isBroken: boolean; isSlow: boolean };
  let: () => void;
} {
  const ran: string[] = [];
  const state = { isBroken: true, isSlow: true };
  const released = Promise.withResolvers<void>();
  const definition = pipeline('scene', {}, (p) => {
    const done = p.task('done', {}, () => void ran.push('done'));
    const broken = p.task('broken', { done }, () => {
      ran.push('broken');
      if (state.isBroken) throw new Error('broken');
      return 'repaired';
    });
    const slow = p.task('slow', { done }, async () => {
      ran.push('slow');
      // Deaf to its signal: it goes on beside the one that takes its place.
      if (state.isSlow) await released.promise;
      return state.isSlow ? 'late' : 'slow';
    });
    return p.task('end', { broken, slow }, ({ broken, slow }) => `${broken}, ${slow}`);
  });
  return { definition, ran, state, let: () => released.resolve() };
}

describe('a task of a run that has not ended', () => {
  it('is cleared by canceling first: what has finished stays, what was at work begins again', async () => {
    const { definition, ran, state, let: release } = scene();
    await using env = await createTestTutti({ definitions: [definition], bodyGraceMs: 20 });
    const { id } = await env.start(definition, undefined);
    await env.settle();
    await expect(env.client.clearTasks(id, { select: ['broken'] })).rejects.toThrow(
      'have it canceled first (`--cancel`, in code `cancelFirst`)',
    );
    expect((await env.client.clearTasks(id, { select: ['broken'], isDryRun: true })).tasks).toEqual([
      'broken',
    ]);
    [state.isBroken, ran.length] = [false, 0];
    state.isSlow = false;
    const { run, tasks } = await env.client.clearTasks(id, { select: ['broken'], cancelFirst: true });
    expect(tasks).toEqual(['broken']);
    expect(run?.generation).toBe(2);
    await env.settle();
    expect(await env.show(id)).toMatchObject({ state: 'completed', output: 'repaired, slow' });
    expect(ran.toSorted()).toEqual(['broken', 'slow']);
    // The result of the attempt that was given up comes too late for anything.
    release();
    await env.settle();
    expect((await env.show(id)).output).toBe('repaired, slow');
  });

  it('is marked in the same way, while it is at work', async () => {
    const { definition, ran, state, let: release } = scene();
    state.isBroken = false;
    await using env = await createTestTutti({ definitions: [definition], bodyGraceMs: 20 });
    const { id } = await env.start(definition, undefined);
    await env.settle();
    ran.length = 0;
    const mark = { select: ['slow'], state: 'success', value: 'by hand', by: 'Ada' } as const;
    await env.client.markTasks(id, { ...mark, cancelFirst: true });
    await env.settle();
    expect((await env.show(id)).output).toBe('repaired, by hand');
    expect(ran).toEqual([]);
    release();
  });

  it('is not canceled for a selector that means nothing', async () => {
    const { definition, let: release } = scene();
    await using env = await createTestTutti({ definitions: [definition], bodyGraceMs: 20 });
    const { id } = await env.start(definition, undefined);
    await env.settle();
    const request = { select: ['brokn'], cancelFirst: true } as const;
    await expect(env.client.clearTasks(id, request)).rejects.toThrow("did you mean 'broken'?");
    expect((await env.show(id)).endedAt).toBeNull();
    release();
  });

  it('of a child is refused: its parent would go on without it', async () => {
    const nap = pipeline('nap', {}, (p) => p.sleep('nap', '1d'));
    const parent = pipeline('parent', {}, (p) => p.call('child', nap, {}));
    await using env = await createTestTutti({ definitions: [nap, parent] });
    await env.start(parent, undefined);
    await env.settle();
    const [child] = await env.client.listRuns({ definition: 'nap' });
    const request = { select: ['nap'], cancelFirst: true } as const;
    await expect(env.client.clearTasks(child!.id, request)).rejects.toThrow('is the child of another run');
  });

  it('with setups elsewhere: what the cancellation tore down is set up again', async () => {
    const ran: string[] = [];
    const note = (name: string) => (): string => {
      ran.push(name);
      return name;
    };
    const state = { isBroken: true };
    const definition = pipeline('rooms', {}, (p) => {
      const up = p.setup('up', {}, note('up')).teardown('down', note('down'));
      const used = p.task('used', { up }, note('used'));
      const nap = p.sleep('nap', '1h');
      p.after(p.task('more', { used }, note('more'), { leaf: true }), nap);
      p.task(
        'broken',
        {},
        () => {
          if (state.isBroken) throw new Error('broken');
        },
        { leaf: true },
      );
    });
    await using env = await createTestTutti({ definitions: [definition] });
    const { id } = await env.start(definition, undefined);
    await env.settle();
    expect(ran).toEqual(['up', 'used']);
    state.isBroken = false;
    await env.client.clearTasks(id, { select: ['broken'], cancelFirst: true });
    await env.advance('2h');
    expect((await env.show(id)).state).toBe('completed');
    expect(ran).toEqual(['up', 'used', 'down', 'up', 'used', 'more', 'down']);
  });

  it('regression: a canceled run whose setup was torn down is retried from the setup on', async () => {
    const ran: string[] = [];
    const note = (name: string) => (): string => {
      ran.push(name);
      return name;
    };
    const definition = pipeline('room', {}, (p) => {
      const first = p.task('first', {}, note('first'), { leaf: true });
      const up = p.setup('up', { first }, note('up')).teardown('down', note('down'));
      const nap = p.sleep('nap', '1h');
      p.after(p.task('more', { up }, note('more'), { leaf: true }), nap);
    });
    await using env = await createTestTutti({ definitions: [definition] });
    const { id } = await env.start(definition, undefined);
    await env.settle();
    await env.cancel(id);
    await env.settle();
    await env.client.retryRun(id);
    await env.advance('2h');
    expect((await env.show(id)).state).toBe('completed');
    expect(ran).toEqual(['first', 'up', 'down', 'up', 'more', 'down']);
  });

  it('is cleared wherever the worker is killed meanwhile', async () => {
    for (let at = 1; at <= 16; at += 1) {
      const state = { isBroken: true };
      const definition = pipeline('killed', {}, (p) => {
        const a = p.task('a', {}, () => 'a');
        const broken = p.task('broken', { a }, () => {
          if (state.isBroken) throw new Error('broken');
          return 'repaired';
        });
        const nap = p.sleep('nap', '1h');
        const b = p.task('b', { a }, ({ a }) => `b of ${a}`);
        p.after(b, nap);
        return p.task('end', { broken, b }, ({ broken, b }) => `${broken}, ${b}`);
      });
      let writes = 0;
      const watch = (_: unknown, moment: string): boolean => moment === 'before' && ++writes === at;
      const load = async (): Promise<Pipeline[]> => [definition];
      await using env = await createTestEnvironment(
        { definitions: await load() },
        { watch, load, random: seededRandom(at), eventIds: () => seededRandom('events') },
      );
      await env.client.startRun('killed', undefined, { id: 'r' });
      await env.settle();
      state.isBroken = false;
      let cleared = false;
      const clearing = env.client.clearTasks('r', { select: ['broken'], cancelFirst: true }).then(() => {
        cleared = true;
      });
      await env.skipUntil(async () => cleared);
      await clearing;
      await env.advance('3h');
      expect(writes).toBeGreaterThanOrEqual(at);
      expect(await env.show('r'), `killed at write ${at}`).toMatchObject({
        ...{ state: 'completed', output: 'repaired, b of a', generation: 2 },
      });
    }
  });
});
