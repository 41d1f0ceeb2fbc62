/**
 * What the workers execute while they are harmed. A workload is a set of definitions, and what its clients do in order.
 * Its outcome does not depend on timing, so a harmed execution can be compared with an undisturbed one.
 */
import type { Workflow } from '../../src/workflows/index.ts';
import { signal, workflow } from '../../src/workflows/index.ts';
import type { World } from './world.ts';

/** One thing a client does. Each waits for its moment, and is done once however often its process is replaced. */
export type Action =
  | { readonly do: 'start'; readonly definition: string; readonly run: string; readonly input: unknown }
  | {
      readonly do: 'signal';
      readonly run: string;
      readonly signal: string;
      readonly payload: unknown;
      /** Whether the run must be waiting for it; else it is sent as early as possible. */
      readonly whenAwaited: boolean;
    }
  | { readonly do: 'answer'; readonly run: string; readonly question: string; readonly answer: object }
  /** Once the run waits for a signal. */
  | { readonly do: 'cancel'; readonly run: string };

/** Definitions, and what clients do with them. */
export interface Workload {
  readonly definitions: (world: World) => readonly Workflow[];
  readonly actions: readonly Action[];
}

/** Payloads above this many characters are spilled in every workload. */
export const inlineMax = 200;
const large = 1_000;

const go = signal<string>('go');
const news = signal<string>('news');
const never = signal<string>('never');

function start(definition: string, run: string, input: unknown = null): Action {
  return { do: 'start', definition, run, input };
}

/** Three steps in order. */
const steps: Workload = {
  definitions: (world) => [
    workflow('steps', async (ctx, input: string) => {
      const first = await world.step(ctx, 'first');
      const second = await world.step(ctx, 'second', { failures: 1 });
      return `${input} ${first} ${second} ${await world.step(ctx, 'third')}`;
    }),
  ],
  actions: [start('steps', 'steps-1', 'one'), start('steps', 'steps-2', 'two')],
};

/** Branches side by side, some of which fail first; replay must meet the order in which they ended. */
const parallel: Workload = {
  definitions: (world) => [
    workflow('parallel', async (ctx) => {
      const [left, right] = await ctx.parallel([
        (branch) => world.step(branch, 'left', { failures: 2 }),
        async (branch) => `${await world.step(branch, 'right')} ${await world.step(branch, 'right again')}`,
      ]);
      const names = ['a', 'b', 'c', 'd'];
      const mapped = await ctx.map(
        names,
        (name, index, branch) => world.step(branch, `map ${name}`, { failures: index % 2 }),
        { concurrency: 2 },
      );
      return [left, right, ...mapped].join(' ');
    }),
  ],
  actions: [start('parallel', 'parallel-1')],
};

/** A child that is awaited, one that is not, and a signal from run to run. */
const family: Workload = {
  definitions: (world) => {
    const child = workflow('child', async (ctx, name: string) => world.step(ctx, `child of ${name}`));
    const sibling = workflow('sibling', async (ctx) => {
      const text = await ctx.waitFor(news);
      return `${text} ${await world.step(ctx, 'read the news')}`;
    });
    const parent = workflow('parent', async (ctx) => {
      const { id } = await ctx.start(sibling, null, { id: 'sibling-1' });
      const both = await Promise.all([ctx.call(child, 'left'), ctx.call(child, 'right')]);
      await ctx.send(id, news, 'both are back');
      return `${both.join(' ')} ${await world.step(ctx, 'after the children')}`;
    });
    return [child, sibling, parent];
  },
  actions: [start('parent', 'parent-1')],
};

/** A signal that comes before it is awaited, a question to a person, a signal that is awaited. */
const people: Workload = {
  definitions: (world) => [
    workflow('people', async (ctx) => {
      await world.step(ctx, 'prepare');
      const early = await ctx.waitFor(news);
      const answer = await ctx.ask('good?', { form: anyForm, to: 'admins', timeout: '1h' });
      await world.step(ctx, 'act on the answer');
      const late = await ctx.waitFor(go, { timeout: '1h' });
      return `${early} ${String((answer as { readonly good?: boolean }).good)} by ${answer.by} ${late}`;
    }),
  ],
  actions: [
    start('people', 'people-1'),
    { do: 'signal', run: 'people-1', signal: 'news', payload: 'early', whenAwaited: false },
    { do: 'answer', run: 'people-1', question: 'good?', answer: { good: true } },
    { do: 'signal', run: 'people-1', signal: 'go', payload: 'late', whenAwaited: true },
  ],
};

/** Sleeps, and a wait that nobody ends. */
const timers: Workload = {
  definitions: (world) => [
    workflow('timers', async (ctx) => {
      await ctx.sleep(15);
      await world.step(ctx, 'rested');
      const ended = await Promise.allSettled([ctx.waitFor(never, { timeout: 20 }), ctx.sleep(10, 'nap')]);
      return `${ended.map(({ status }) => status).join(' ')} ${await world.step(ctx, 'rested again')}`;
    }),
  ],
  actions: [start('timers', 'timers-1')],
};

/** Values too large for a row: input, signal, results of steps, a child's input, the output. */
const payloads: Workload = {
  definitions: (world) => {
    const taker = workflow('taker', async (_ctx, text: string) => text.length);
    return [
      taker,
      workflow('payloads', async (ctx, input: string) => {
        const made = await world.step(ctx, 'make', { size: large });
        const received = await ctx.waitFor(go);
        const length = await ctx.call(taker, made);
        const more = await world.step(ctx, 'make more', { size: 2 * large });
        return `${input}${received}${length}${more}`;
      }),
    ];
  },
  actions: [
    start('payloads', 'payloads-1', 'i'.repeat(large)),
    { do: 'signal', run: 'payloads-1', signal: 'go', payload: 's'.repeat(large), whenAwaited: true },
  ],
};

/** A step that gives up, after which what was done is undone, newest first. */
const undo: Workload = {
  definitions: (world) => [
    workflow('undo', async (ctx) => {
      await world.step(ctx, 'book hotel', { isUndone: true });
      await world.step(ctx, 'book flight', { isUndone: true });
      await world.step(ctx, 'book car', { isHopeless: true });
    }),
  ],
  actions: [start('undo', 'undo-1')],
};

/** A run that is canceled while it waits, with a child that goes with it, and clean-up that is not canceled. */
const cancel: Workload = {
  definitions: (world) => {
    const sleeper = workflow('sleeper', async (ctx) => ctx.sleep('1d'));
    return [
      sleeper,
      workflow('cancel', async (ctx) => {
        await world.step(ctx, 'reserve', { isUndone: true });
        try {
          await Promise.all([ctx.call(sleeper, null), ctx.waitFor(never)]);
        } finally {
          await ctx.scope('clean up', { cancellable: false }, (scope) => world.step(scope, 'sweep'));
        }
      }),
    ];
  },
  actions: [start('cancel', 'cancel-1'), { do: 'cancel', run: 'cancel-1' }],
};

/** Accepts anything. */
const anyForm = {
  '~standard': {
    version: 1,
    vendor: 'chaos',
    validate: (value: unknown) => ({ value: value as Readonly<Record<string, unknown>> }),
  },
} as const;

export const workloadNames = [
  'steps',
  'parallel',
  'family',
  'people',
  'timers',
  'payloads',
  'undo',
  'cancel',
] as const;

export type WorkloadName = (typeof workloadNames)[number];

/** All workloads by name. */
export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  steps,
  parallel,
  family,
  people,
  timers,
  payloads,
  undo,
  cancel,
};

/** A step and nothing else: what a worker executes to show that it still works. */
export function single(world: World, name: string): Workflow {
  return workflow(name, async (ctx) => world.step(ctx, name));
}
