import { describe, expect, it } from 'vitest';
import { pipeline, type Tutti } from 'tutti';
import { withTutti } from './scene.ts';

type Client = Tutti['client'];

/** A pipeline that writes down what it does, in which the task named by `broken.task` fails. */
function scene(): { definition: ReturnType<typeof pipeline>; ran: string[]; broken: { task: string } } {
  const ran: string[] = [];
  const broken = { task: '' };
  const work =
    (name: string) =>
    (_: unknown, { task }: { task: string }): string => {
      ran.push(task);
      if (broken.task === name) throw new Error(`${name} broke`);
      return `${name} ${ran.length}`;
    };
  const definition = pipeline('scene', { concurrency: 1 }, (p) => {
    const a = p.task('a', {}, work('a'), { tags: ['early'] });
    const b = p.task('b', {}, work('b'));
    const m = p.map('m', [1, 2], (n, p) => {
      const one = p.task('one', { n, a }, work('one'));
      return p.task('two', { one }, work('two'));
    });
    return p.task('end', { b, m }, work('end'));
  });
  return { definition, ran, broken };
}

async function start(client: Client): Promise<string> {
  const { id } = await client.startRun('scene', undefined, { id: 'r' });
  await client.waitForRun(id);
  return id;
}

describe('clearing', () => {
  it('does a task again and everything after it, and nothing else, under any limit', async () => {
    const { definition, ran } = scene();
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      ran.length = 0;
      const { tasks, run } = await client.clearTasks(id, { select: ['a'] });
      expect(tasks).toEqual(['a']);
      expect(run?.generation).toBe(2);
      expect((await client.waitForRun(id)).state).toBe('completed');
      expect(ran.toSorted()).toEqual(['a', 'end', 'm[0]/one', 'm[0]/two', 'm[1]/one', 'm[1]/two']);
    });
  });

  it('of one instance leaves the others alone', async () => {
    const { definition, ran } = scene();
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      ran.length = 0;
      await client.clearTasks(id, { select: ['m[1]/one'] });
      await client.waitForRun(id);
      expect(ran).toEqual(['m[1]/one', 'm[1]/two', 'end']);
    });
  });

  it('only a task keeps the results of what is after it', async () => {
    const { definition, ran } = scene();
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      const before = (await client.showRun(id)).output;
      ran.length = 0;
      await client.clearTasks(id, { select: ['a'], only: true });
      expect((await client.waitForRun(id)).output).toEqual(before);
      expect(ran).toEqual(['a']);
    });
  });

  it('what failed does the failed tasks and what waited for them', async () => {
    const { definition, ran, broken } = scene();
    broken.task = 'b';
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      expect((await client.showRun(id)).state).toBe('failed');
      [broken.task, ran.length] = ['', 0];
      expect((await client.clearTasks(id, { failed: true, isDryRun: true })).tasks).toEqual(['b']);
      await client.clearTasks(id, { failed: true });
      expect((await client.waitForRun(id)).state).toBe('completed');
      expect(ran).toEqual(['b', 'end']);
    });
  });

  it('is what a retry of a pipeline run does', async () => {
    const { definition, ran, broken } = scene();
    broken.task = 'one';
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      [broken.task, ran.length] = ['', 0];
      await client.retryRun(id);
      expect((await client.waitForRun(id)).state).toBe('completed');
      expect(ran.toSorted()).toEqual(['end', 'm[0]/one', 'm[0]/two', 'm[1]/one', 'm[1]/two']);
    });
  });

  it('refuses what means nothing, and a run at work', async () => {
    const { definition } = scene();
    const slow = pipeline('slow', {}, (p) => p.sleep('nap', '1h'));
    await withTutti([definition, slow], async ({ client }) => {
      const id = await start(client);
      await expect(client.clearTasks(id, { select: ['ennd'] })).rejects.toThrow("did you mean 'end'?");
      await expect(client.clearTasks(id, {})).rejects.toThrow('has nothing to clear');
      await client.startRun('slow', undefined, { id: 's' });
      await expect(client.clearTasks('s', { select: ['nap'] })).rejects.toThrow(
        'Let it end, or have it canceled first (`--cancel`, in code `cancelFirst`): what has finished is kept',
      );
      // The way out that it names leads on.
      const { run } = await client.clearTasks('s', { select: ['nap'], cancelFirst: true });
      expect(run).toMatchObject({ id: 's', generation: 2 });
    });
  });
});

describe('marking', () => {
  it('counts a failed task as done and goes on behind it', async () => {
    const { definition, ran, broken } = scene();
    broken.task = 'b';
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      ran.length = 0;
      await client.markTasks(id, { select: ['b'], state: 'success', value: 'by hand', by: 'Ada' });
      expect((await client.waitForRun(id)).state).toBe('completed');
      expect(ran).toEqual(['end']);
      // Clearing the task takes the decision back.
      [broken.task, ran.length] = ['', 0];
      await client.clearTasks(id, { select: ['b'] });
      await client.waitForRun(id);
      expect(ran).toEqual(['b', 'end']);
    });
  });

  it('counts a task as failed, with everything that follows from that', async () => {
    const { definition } = scene();
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      await client.markTasks(id, { select: ['m[0]/one'], state: 'failed', by: 'Ada' });
      const run = await client.waitForRun(id);
      expect(run.error?.message).toMatch(
        /failed in m\[0\]\/one, m: Task "m\[0\]\/one" was marked as failed by Ada/,
      );
    });
  });
});

describe('the view of a run', () => {
  it('says of every task how many instances are in which state', async () => {
    const { definition, broken } = scene();
    broken.task = 'b';
    await withTutti([definition], async ({ client }) => {
      const id = await start(client);
      const { tasks, graph } = await client.showTasks(id);
      const states = Object.fromEntries(tasks.map((task) => [task.id, task.states]));
      expect(states).toEqual({
        a: { success: 1 },
        b: { failed: 1 },
        m: { success: 1 },
        'm/one': { success: 2 },
        'm/two': { success: 2 },
        end: { upstreamFailed: 1 },
      });
      expect(tasks.find((task) => task.id === 'b')).toMatchObject({
        failed: ['b'],
        error: 'b broke',
        attempts: 1,
      });
      expect(graph.nodes.find((node) => node.id === 'm/one')).toMatchObject({ inside: 'm', parents: ['a'] });
    });
  });
});
