import { describe, expect, it } from 'vitest';
import { pipeline } from 'tutti';
import { createTestTutti } from 'tutti/testing';
import { withTutti } from './scene.ts';

/** Fails once, then results in its name. */
function onceBroken(order: string[], name: string): () => string {
  let tries = 0;
  return () => {
    order.push(name);
    tries += 1;
    if (tries === 1) throw new Error('not yet');
    return name;
  };
}

const later = { maximumAttempts: 2, initialInterval: '1h' } as const;

describe('a task that waits for its next try', () => {
  it('leaves its place among the tasks of its run to others', async () => {
    const order: string[] = [];
    const one = pipeline('one-at-a-time', { concurrency: 1 }, (p) => {
      const a = p.task('a', {}, onceBroken(order, 'a'), { retry: later, priority: 2 });
      const b = p.task('b', {}, () => order.push('b'));
      const c = p.task('c', { b }, () => order.push('c'));
      return p.task('end', { a, c }, () => order.push('end'));
    });
    await using env = await createTestTutti({ definitions: [one] });
    await env.run(one, null);
    expect(order).toEqual(['a', 'b', 'c', 'a', 'end']);
  });

  it('leaves its place among the instances of its task to others', async () => {
    const order: string[] = [];
    const tries = new Map<string, number>();
    const each = pipeline('each', {}, (p) => {
      const items = p.task('items', {}, () => ['x', 'y']);
      return p.map('m', items, (item, q) =>
        q.task(
          'one',
          { item },
          ({ item: name }) => {
            order.push(name);
            tries.set(name, (tries.get(name) ?? 0) + 1);
            if (name === 'x' && tries.get(name) === 1) throw new Error('not yet');
            return name;
          },
          { retry: later, concurrency: 1 },
        ),
      );
    });
    await using env = await createTestTutti({ definitions: [each] });
    expect(await env.run(each, null)).toEqual(['x', 'y']);
    expect(order).toEqual(['x', 'y', 'x']);
  });

  it('gives its slots of a pool to other runs, and has them again before it goes on', async () => {
    const order: string[] = [];
    const pool = { name: 'db' };
    let [inside, mostInside] = [0, 0];
    const counted = (work: () => string) => async (): Promise<string> => {
      inside += 1;
      mostInside = Math.max(mostInside, inside);
      await Promise.resolve();
      inside -= 1;
      return work();
    };
    const flaky = pipeline('flaky', {}, (p) =>
      p.task('load', {}, counted(onceBroken(order, 'flaky')), { retry: later, pool }),
    );
    const other = pipeline('other', {}, (p) =>
      p.task(
        'load',
        {},
        counted(() => String(order.push('other'))),
        { pool },
      ),
    );
    await using env = await createTestTutti({ definitions: [flaky, other] });
    const first = await env.start(flaky, null);
    await env.settle();
    await env.run(other, null);
    expect(order).toEqual(['flaky', 'other']);
    expect(await first.result()).toBe('flaky');
    expect([order, mostInside]).toEqual([['flaky', 'other', 'flaky'], 1]);
  });

  it('stands in line again when its slots are taken then, after a crash, too', async () => {
    const order: string[] = [];
    const pool = { name: 'db' };
    const flaky = pipeline('flaky', {}, (p) =>
      p.task('load', {}, onceBroken(order, 'flaky'), { retry: later, pool }),
    );
    const slow = pipeline('slow', {}, (p) =>
      p.task('load', {}, onceBroken(order, 'slow'), { retry: { ...later, initialInterval: '1s' }, pool }),
    );
    await using env = await createTestTutti({ definitions: [flaky, slow] });
    const first = await env.start(flaky, null);
    await env.settle();
    await env.restart();
    const second = await env.start(slow, null);
    await env.restart();
    expect(await second.result()).toBe('slow');
    await env.restart();
    expect(await first.result()).toBe('flaky');
    expect(order).toEqual(['flaky', 'slow', 'slow', 'flaky']);
  });
});

it('a run that is done again holds the slots its journal says it was granted, or waits for them', async () => {
  const gates = new Map<string, PromiseWithResolvers<string>>();
  const inside: string[] = [];
  const pooled = pipeline('pooled', {}, (p) =>
    p.task(
      'load',
      {},
      async (_, { runId, signal }) => {
        inside.push(runId);
        const gate = Promise.withResolvers<string>();
        gates.set(runId, gate);
        signal.addEventListener('abort', () => gate.reject(new Error('stopped')));
        return gate.promise;
      },
      { pool: { name: 'db' } },
    ),
  );
  await withTutti([pooled], async ({ client }) => {
    await client.startRun('pooled', null, { id: 'first' });
    await expect.poll(() => inside).toEqual(['first']);
    await client.cancelRun('first', 'a pause');
    await client.waitForRun('first');
    await client.startRun('pooled', null, { id: 'second' });
    await expect.poll(() => inside).toEqual(['first', 'second']);
    await client.retryRun('first');
    await expect
      .poll(async () => (await client.showRun('first')).waits.map(({ kind }) => kind))
      .toEqual(['slot']);
    expect(inside).toEqual(['first', 'second']);
    gates.get('second')?.resolve('done');
    await expect.poll(() => inside).toEqual(['first', 'second', 'first']);
    gates.get('first')?.resolve('done, too');
    expect(await client.waitForRun('first')).toMatchObject({ state: 'completed', output: 'done, too' });
  });
});
