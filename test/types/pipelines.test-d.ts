/* oxlint-disable vitest/expect-expect -- the compiler is what expects */
import { describe, expectTypeOf, it } from 'vitest';
import {
  cron,
  event,
  every,
  pipeline,
  shell,
  signal,
  topic,
  workflow,
  type Outcome,
  type Pipeline,
  type Ref,
} from 'tutti';
import { z } from 'zod';
import * as v from 'valibot';

/** Declares a pipeline whose graph nobody runs; only its types are looked at. */
function build(declare: Parameters<typeof pipeline>[2]): void {
  expectTypeOf(declare).toBeFunction();
}

describe('a reference', () => {
  it('carries the type of the value', () => {
    build((p) => {
      const files = p.task('list', {}, () => ['a']);
      expectTypeOf(files).toEqualTypeOf<Ref<string[], 'always'>>();
      const length = p.task('count', { files }, async ({ files }) => files.length);
      expectTypeOf(length).toEqualTypeOf<Ref<number, 'always'>>();
      // @ts-expect-error -- files holds texts
      p.task('wrong', { files }, ({ files }) => files.toFixed());
      // @ts-expect-error -- there is no such input
      p.task('missing', { files }, ({ other }) => other);
      // @ts-expect-error -- a reference is no value
      p.task('unresolved', {}, () => files.length);
    });
  });

  it('hands literals through as they are', () => {
    build((p) => {
      p.task('literal', { n: 5, name: 'x' }, ({ n, name }) => {
        expectTypeOf(n).toEqualTypeOf<5>();
        expectTypeOf(name).toEqualTypeOf<'x'>();
      });
    });
  });
});

describe('presence', () => {
  it('is maybe behind when, and follows the skip down the graph', () => {
    build((p) => {
      const isMonday = p.task('monday', {}, () => true);
      const report = p.when(isMonday, (p) => p.task('report', {}, () => 'text'));
      expectTypeOf(report).toEqualTypeOf<Ref<string, 'maybe'>>();
      // allSuccess is skipped with its parent, so the handler sees the plain value and its result is maybe.
      const mail = p.task('mail', { report }, ({ report }) => report.length);
      expectTypeOf(mail).toEqualTypeOf<Ref<number, 'maybe'>>();
      // noneFailed runs all the same, so the handler may meet undefined and its result is there.
      const done = p.task('done', { report }, ({ report }) => report ?? 'none', { rule: 'noneFailed' });
      expectTypeOf(done).toEqualTypeOf<Ref<string, 'always'>>();
      p.task('unsafe', { report }, ({ report }) => report.length, {
        rule: 'allSuccess',
      });
      // @ts-expect-error -- report may be undefined under noneFailed
      p.task('careless', { report }, ({ report }) => report.length, { rule: 'noneFailed' });
    });
  });

  it('shows outcomes to rules that look at failures', () => {
    build((p) => {
      const a = p.task('a', {}, () => 1);
      const seen = p.task(
        'seen',
        { a },
        ({ a }) => {
          expectTypeOf(a).toEqualTypeOf<Outcome<number>>();
          return a.state === 'success' ? a.value : 0;
        },
        { rule: 'allDone' },
      );
      expectTypeOf(seen).toEqualTypeOf<Ref<number, 'always'>>();
      const first = p.task('first', { a }, ({ a }) => a.state, { rule: 'oneSuccess' });
      expectTypeOf(first).toExtend<Ref<string, 'maybe'>>();
      // @ts-expect-error -- an outcome is no number
      p.task('wrong', { a }, ({ a }) => a.toFixed(), { rule: 'allDone' });
      // @ts-expect-error -- there is no such rule
      p.task('misspelt', { a }, () => 1, { rule: 'allDonne' });
    });
  });

  it('takes a predicate as rule, which sees outcomes and may not run', () => {
    build((p) => {
      const a = p.task('a', {}, () => 1);
      const repair = p.task(
        'repair',
        { a },
        ({ a }) => {
          expectTypeOf(a).toEqualTypeOf<Outcome<number>>();
          return 'repaired';
        },
        { rule: (s) => s.failed > 0 && s.done === s.total },
      );
      expectTypeOf(repair).toEqualTypeOf<Ref<string, 'maybe'>>();
      // @ts-expect-error -- parents have no such count
      p.task('wrong', { a }, () => 1, { rule: (s) => s.broken > 0 });
    });
  });

  it('keeps the rule in sight when other options hold functions', () => {
    build((p) => {
      const a = p.task('a', {}, () => 1);
      const b = p.task('b', { a }, ({ a }) => a.state, {
        rule: 'allDone',
        retry: { maximumAttempts: 3, jitter: 0.2, if: (error) => error instanceof TypeError },
      });
      expectTypeOf(b).toExtend<Ref<string, 'always'>>();
    });
  });
});

describe('map', () => {
  it('gives a list in the order of the items', () => {
    build((p) => {
      const files = p.task('list', {}, () => ['a', 'b']);
      const sizes = p.map('size', files, (file, p) => {
        expectTypeOf(file).toEqualTypeOf<Ref<string>>();
        return p.task('one', { file }, ({ file }) => file.length);
      });
      expectTypeOf(sizes).toEqualTypeOf<Ref<number[], 'always'>>();
      // @ts-expect-error -- the body returns a reference
      p.map('value', files, () => 5);
      const count = p.task('count', { files }, ({ files }) => files.length);
      // @ts-expect-error -- a number cannot be mapped
      p.map('number', count, (n, p) => p.task('one', { n }, () => 1));
    });
  });

  it('holds undefined where an instance may be skipped', () => {
    build((p) => {
      const files = p.task('list', {}, () => ['a']);
      const sizes = p.map('size', files, (file, p) => {
        const isBig = p.task('big', { file }, ({ file }) => file.length > 1);
        return p.when(isBig, (p) => p.task('one', { file }, ({ file }) => file.length));
      });
      expectTypeOf(sizes).toEqualTypeOf<Ref<(number | undefined)[], 'always'>>();
    });
  });

  it('is maybe when its items are', () => {
    build((p) => {
      const yes = p.task('yes', {}, () => true);
      const files = p.when(yes, (p) => p.task('list', {}, () => ['a']));
      const sizes = p.map('size', files, (file, p) => p.task('one', { file }, () => 1));
      expectTypeOf(sizes).toEqualTypeOf<Ref<number[], 'maybe'>>();
    });
  });
});

describe('branch', () => {
  it('is exhaustive, and its result is a union that is always there', () => {
    build((p) => {
      const size = p.task('size', {}, () => (Date.length > 5 ? ('big' as const) : ('small' as const)));
      const loaded = p.branch(size, {
        big: (p) => p.task('bulk', {}, () => ({ rows: 5 })),
        small: (p) => p.task('insert', {}, () => 'inserted'),
      });
      expectTypeOf(loaded).toEqualTypeOf<Ref<{ rows: number } | string, 'always'>>();
      // @ts-expect-error -- the arm for small is missing
      p.branch(size, { big: (p) => p.task('bulk2', {}, () => 1) });
      p.branch(size, {
        big: (p) => p.task('b3', {}, () => 1),
        small: (p) => p.task('s3', {}, () => 1),
        // @ts-expect-error -- nothing chooses this arm
        medium: (p) => p.task('m3', {}, () => 1),
      });
      const count = p.task('count', {}, () => 3);
      // @ts-expect-error -- a branch needs a text
      p.branch(count, { 3: (p) => p.task('three', {}, () => 1) });
    });
  });

  it('is maybe when one arm may end skipped', () => {
    build((p) => {
      const size = p.task('size', {}, (): 'big' | 'small' => 'big');
      const yes = p.task('yes', {}, () => true);
      const loaded = p.branch(size, {
        big: (p) => p.when(yes, (p) => p.task('bulk', {}, () => 1)),
        small: (p) => p.task('insert', {}, () => 2),
      });
      expectTypeOf(loaded).toEqualTypeOf<Ref<number, 'maybe'>>();
    });
  });
});

describe('input and output', () => {
  it('come from any Standard Schema', () => {
    const etl = pipeline(
      'etl',
      { input: z.object({ day: z.string(), limit: z.number().default(10) }) },
      (p) => {
        expectTypeOf(p.input).toEqualTypeOf<Ref<{ day: string; limit: number }>>();
        return p.task('count', { in: p.input }, ({ in: input }) => input.limit);
      },
    );
    expectTypeOf(etl).toEqualTypeOf<Pipeline<{ day: string; limit?: number | undefined }, number>>();
    const other = pipeline('other', { input: v.object({ day: v.string() }) }, (p) => {
      expectTypeOf(p.input).toEqualTypeOf<Ref<{ day: string }>>();
      return p.task('day', { in: p.input }, ({ in: input }) => input.day);
    });
    expectTypeOf(other).toEqualTypeOf<Pipeline<{ day: string }, string>>();
  });

  it('need no schema', () => {
    const plain = pipeline('plain', {}, (p) => p.task('one', {}, () => 1));
    expectTypeOf(plain).toEqualTypeOf<Pipeline<unknown, number>>();
  });
});

describe('a command', () => {
  it('knows the inputs of its task, and the type its schema says', () => {
    build((p) => {
      const files = p.task('list', {}, () => ['a']);
      const cleaned = p.task(
        'clean',
        { files },
        shell((inputs) => ({ command: 'python3', args: inputs.files }), {
          schema: z.object({ rows: z.number() }),
        }),
      );
      expectTypeOf(cleaned).toEqualTypeOf<Ref<{ rows: number }>>();
      const text = p.task('text', {}, shell({ command: 'date' }, { output: 'text' }));
      expectTypeOf(text).toEqualTypeOf<Ref<string>>();
    });
  });
});

describe('the other nodes', () => {
  it('carry what they wait for', () => {
    const approved = signal('approved', z.object({ by: z.string() }));
    const child = workflow('child', async (_ctx, n: number) => String(n));
    build((p) => {
      expectTypeOf(p.wait('wait', approved)).toEqualTypeOf<Ref<{ by: string }>>();
      expectTypeOf(p.ask('ask', { form: z.object({ ok: z.boolean() }) })).toEqualTypeOf<
        Ref<{ ok: boolean } & { readonly by: string }>
      >();
      expectTypeOf(p.sleep('nap', '5m')).toEqualTypeOf<Ref<void>>();
      const n = p.task('n', {}, () => 5);
      expectTypeOf(p.call('child', child, n)).toEqualTypeOf<Ref<string>>();
      // @ts-expect-error -- the child takes a number
      p.call('wrong', child, 'five');
      const refined = p.loop('refine', n, (current, p) => p.task('one', { current }, (i) => i.current + 1), {
        max: 3,
        until: (value) => value > 6,
      });
      expectTypeOf(refined).toEqualTypeOf<Ref<number>>();
      const cluster = p
        .setup('create', {}, () => ({ id: 'c1' }))
        .teardown('drop', ({ setup }) => expectTypeOf(setup).toEqualTypeOf<{ id: string }>());
      expectTypeOf(cluster).toExtend<Ref<{ id: string }, 'always'>>();
      // @ts-expect-error -- not a duration
      p.sleep('wrong', '5 minutes');
    });
  });
});

describe('a schedule', () => {
  const input = z.object({ day: z.string(), limit: z.number().default(10) });

  it('gives its runs what their definition is started with', () => {
    const day = cron('@daily', {
      input: ({ interval, logicalAt }) => {
        expectTypeOf(interval.start).toEqualTypeOf<number>();
        expectTypeOf(logicalAt).toEqualTypeOf<number>();
        return { day: new Date(interval.start).toISOString() };
      },
    });
    pipeline('p', { input, schedule: day }, (p) => p.task('t', {}, () => 1));
    pipeline('p', { input, schedule: [every('1h', { input: { day: 'x', limit: 1 } })] }, (p) =>
      p.task('t', {}, () => 1),
    );
    const inPlace = pipeline(
      'p',
      { input, schedule: cron('@daily', { input: ({ interval }) => ({ day: String(interval.end) }) }) },
      (p) => p.task('t', { in: p.input }, ({ in: { limit } }) => limit),
    );
    expectTypeOf(inPlace).toEqualTypeOf<Pipeline<z.input<typeof input>, number>>();
    workflow(
      'w',
      { input, schedule: cron('@daily', { input: { day: 'x', limit: 1 } }) },
      async (_ctx, { day: d }) => d,
    );
  });

  it('without an input fits every definition', () => {
    const daily = pipeline('p', { input, schedule: cron('@daily') }, (p) => p.task('t', {}, () => 1));
    expectTypeOf(daily).toEqualTypeOf<Pipeline<z.input<typeof input>, number>>();
    workflow('w', { input, schedule: every('1h') }, async (_ctx, { day }) => day);
  });

  it('of another input is refused', () => {
    const wrong = cron('@daily', { input: { dy: 'x' } });
    expectTypeOf(wrong.input).returns.toEqualTypeOf<{ dy: string }>();
    // @ts-expect-error -- the pipeline takes { day }
    pipeline('p', { input, schedule: wrong }, (p) => p.task('t', {}, () => 1));
    // @ts-expect-error -- the workflow takes { day }
    workflow('w', { input, schedule: wrong }, async (_ctx, { day }) => day);
    // @ts-expect-error -- a day is a text
    pipeline('p', { input, schedule: every('1h', { input: () => ({ day: 7 }) }) }, (p) =>
      p.task('t', {}, () => 1),
    );
  });
});

describe('what a task publishes', () => {
  const Loaded = event('loaded', { schema: z.object({ rows: z.number() }) });
  const Other = event('other', { schema: z.object({ rows: z.number() }) });
  const loads = topic('loads', { events: [Loaded] });

  it('is an event of the topic', () => {
    build((p) => {
      p.task('load', {}, async (_, ctx) => {
        expectTypeOf(await ctx.publish(loads, Loaded({ rows: 1 }))).toEqualTypeOf<void>();
        // @ts-expect-error -- the topic has no such event
        await ctx.publish(loads, Other({ rows: 1 }));
        // @ts-expect-error -- there is no such field
        await ctx.publish(loads, Loaded({ lines: 1 }));
        // @ts-expect-error -- a number of rows is no text
        await ctx.publish(loads, Loaded({ rows: 'one' }));
        // @ts-expect-error -- a name alone does not say which events there are
        await ctx.publish('loads', Loaded({ rows: 1 }));
      });
    });
  });

  it('is one in a step of a workflow too', () => {
    workflow('load', async (ctx) =>
      ctx.step('load', async ({ publish }) => {
        await publish(loads, Loaded({ rows: 1 }));
        // @ts-expect-error -- the topic has no such event
        await publish(loads, Other({ rows: 1 }));
      }),
    );
  });
});
