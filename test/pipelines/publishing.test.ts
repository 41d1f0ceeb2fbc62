/** What a task publishes is on disk together with the end of the task, or not at all (I4). */
import { describe, expect, it } from 'vitest';
import { event, pipeline, topic, workflow, type TaskContext } from 'tutti';
import { crashTest, createTestTutti } from 'tutti/testing';
import { z } from 'zod';

const Loaded = event('loaded', { schema: z.object({ file: z.string() }) });

// oxlint-disable-next-line typescript/explicit-function-return-type -- the type of the topic is what the tests are about
const loads = () => topic('loads', { events: [Loaded], key: (e) => e.data.file, maxEventBytes: 200 });

const once = { maximumAttempts: 1 } as const;
const twice = { maximumAttempts: 2, initialInterval: '1m' } as const;

describe.each(['memory', 'sqlite'] as const)('on the %s store, a task', (store) => {
  it('publishes with its end, and the run is the cause', async () => {
    const files = loads();
    const load = pipeline('load', {}, (p) =>
      p.task('one', {}, async (_, { publish }) => {
        await publish(files, Loaded({ file: 'a' }));
        await publish(files, Loaded({ file: 'a' }));
        return 'done';
      }),
    );
    await using env = await createTestTutti({ definitions: [load, files], store });
    const run = await env.start(load, null);
    expect(await run.result()).toBe('done');
    const published = await env.published(files);
    expect(published.map(({ data, offset }) => [data.file, offset])).toEqual([
      ['a', 0],
      ['a', 1],
    ]);
    for (const one of published)
      expect(one).toMatchObject({ correlationId: run.id, causationId: run.id, hops: 1 });
  });

  it('that is tried again publishes once', async () => {
    const files = loads();
    const load = pipeline('load', {}, (p) =>
      p.task(
        'one',
        {},
        async (_, ctx) => {
          await ctx.publish(files, Loaded({ file: `try ${ctx.attempt}` }));
          if (ctx.attempt === 1) throw new Error('not yet');
        },
        { retry: twice },
      ),
    );
    await using env = await createTestTutti({ definitions: [load, files], store });
    await env.run(load, null);
    expect((await env.published(files)).map(({ data }) => data.file)).toEqual(['try 2']);
  });

  it('that fails publishes nothing', async () => {
    const files = loads();
    const load = pipeline('load', {}, (p) =>
      p.task('one', {}, async (_, ctx) => {
        await ctx.publish(files, Loaded({ file: 'a' }));
        throw new Error('no disk');
      }),
    );
    await using env = await createTestTutti({ definitions: [load, files], store });
    await expect(env.run(load, null)).rejects.toThrow('no disk');
    expect(await env.published(files)).toEqual([]);
  });

  it('publishes in each instance of a map', async () => {
    const files = loads();
    const load = pipeline('load', {}, (p) => {
      const names = p.task('names', {}, () => ['a', 'b', 'c']);
      return p.map('each', names, (name, q) =>
        q.task('one', { name }, ({ name: file }, ctx) => ctx.publish(files, Loaded({ file }))),
      );
    });
    await using env = await createTestTutti({ definitions: [load, files], store });
    await env.run(load, null);
    expect((await env.published(files)).map(({ data }) => data.file).toSorted()).toEqual(['a', 'b', 'c']);
  });
});

it.each(['memory', 'sqlite'] as const)(
  'on the %s store, each task publishes once, whichever write its process dies with',
  async (store) => {
    const report = await crashTest(
      () => {
        const files = loads();
        const load = pipeline('load', {}, (p) => {
          const names = p.map(
            'each',
            p.task('names', {}, () => ['a', 'b']),
            (name, q) =>
              q.task(
                'one',
                { name },
                async ({ name: file }, ctx) => {
                  await ctx.publish(files, Loaded({ file }));
                  if (file === 'b' && ctx.attempt === 1) throw new Error('not yet');
                  return file;
                },
                { retry: twice },
              ),
          );
          return p.task('all', { names }, async ({ names: all }, ctx) => {
            await ctx.publish(files, Loaded({ file: all.join() }));
            await ctx.publish(files, Loaded({ file: 'all' }));
          });
        });
        return [load, files] as const;
      },
      null,
      { store },
    );
    expect(report.text).toMatch(/^Nothing found: /);
    expect(report.kills).toBeGreaterThan(8);
  },
  60_000,
);

describe('an event that cannot be stored fails its task', () => {
  const refused = [
    ['does not fit its schema', { file: 7 }, 'TUTTI_INPUT_INVALID'],
    ['is too large', { file: 'x'.repeat(300) }, 'TUTTI_EVENT_TOO_LARGE'],
  ] as const;

  it.each(refused)('when it %s', async (_, data, code) => {
    const files = loads();
    const load = pipeline('load', {}, (p) =>
      p.task('one', {}, (__, ctx) => ctx.publish(files, Loaded(data as { file: string })), { retry: once }),
    );
    await using env = await createTestTutti({ definitions: [load, files] });
    await expect(env.run(load, null)).rejects.toMatchObject({ cause: { code } });
    expect(await env.published(files)).toEqual([]);
  });

  it('also when nobody awaits it, together with what was published before', async () => {
    const files = loads();
    const load = pipeline('load', {}, (p) =>
      p.task('one', {}, async (_, ctx) => {
        await ctx.publish(files, Loaded({ file: 'a' }));
        void ctx.publish(files, Loaded({ file: 7 } as never));
      }),
    );
    await using env = await createTestTutti({ definitions: [load, files] });
    await expect(env.run(load, null)).rejects.toMatchObject({ cause: { code: 'TUTTI_INPUT_INVALID' } });
    expect(await env.published(files)).toEqual([]);
  });

  it('when the topic is not among the definitions', async () => {
    const load = pipeline('load', {}, (p) =>
      p.task('one', {}, (_, ctx) => ctx.publish(loads(), Loaded({ file: 'a' }))),
    );
    await using env = await createTestTutti({ definitions: [load] });
    await expect(env.run(load, null)).rejects.toMatchObject({ cause: { code: 'TUTTI_TOPIC_NOT_BOUND' } });
  });
});

it('a task that ended publishes nothing more, and is told', async () => {
  const files = loads();
  const kept: TaskContext[] = [];
  const load = pipeline('load', {}, (p) => p.task('one', {}, (_, ctx) => void kept.push(ctx)));
  await using env = await createTestTutti({ definitions: [load, files] });
  await env.run(load, null);
  await expect(kept[0]?.publish(files, Loaded({ file: 'a' }))).rejects.toMatchObject({
    code: 'TUTTI_EVENT_TOO_LATE',
  });
  expect(await env.published(files)).toEqual([]);
});

it('a result from the cache publishes nothing', async () => {
  const files = loads();
  const load = pipeline('load', {}, (p) =>
    p.task(
      'one',
      {},
      async (_, ctx) => {
        await ctx.publish(files, Loaded({ file: 'a' }));
        return 1;
      },
      { cache: { key: () => 'always' } },
    ),
  );
  await using env = await createTestTutti({ definitions: [load, files] });
  expect([await env.run(load, null), await env.run(load, null)]).toEqual([1, 1]);
  expect(await env.published(files)).toHaveLength(1);
});

it('a result that its target has already publishes nothing', async () => {
  const files = loads();
  const there = { name: 'there', exists: () => true, read: () => 1 };
  const load = pipeline('load', {}, (p) =>
    p.task('one', {}, async (_, ctx) => ctx.publish(files, Loaded({ file: 'a' })).then(() => 2), {
      target: () => there,
    }),
  );
  await using env = await createTestTutti({ definitions: [load, files] });
  expect(await env.run(load, null)).toBe(1);
  expect(await env.published(files)).toEqual([]);
});

it('a result too large for its journal row is published about all the same', async () => {
  const files = loads();
  const load = pipeline('load', {}, (p) =>
    p.task('one', {}, async (_, ctx) => {
      await ctx.publish(files, Loaded({ file: 'a' }));
      return 'x'.repeat(100_000);
    }),
  );
  await using env = await createTestTutti({ definitions: [load, files] });
  await env.run(load, null);
  expect(await env.published(files)).toHaveLength(1);
});

it('a step of a workflow publishes under the same terms', async () => {
  const files = loads();
  const load = workflow('load', async (ctx) => {
    await ctx.step(
      'one',
      async ({ attempt, publish }) => {
        await publish(files, Loaded({ file: `try ${attempt}` }));
        if (attempt === 1) throw new Error('not yet');
      },
      { retry: twice },
    );
  });
  await using env = await createTestTutti({ definitions: [load, files] });
  await env.run(load, null);
  expect((await env.published(files)).map(({ data }) => data.file)).toEqual(['try 2']);
});
