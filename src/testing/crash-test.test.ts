import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { signal, workflow, type Workflow } from '../workflows/index.ts';
import { createMemoryStore } from '../stores/memory/index.ts';
import { crashPoint, Killer } from './crash-point.ts';
import { crashTest } from './crash-test.ts';
import { effectLog, type EffectLog } from './effect-log.ts';

const paid = signal('paid', z.number());

/** A workflow that does everything right, with a bit of everything in it. */
function order(effects: EffectLog): Workflow<{ id: string }> {
  return workflow('order', async (ctx, { id }: { id: string }) => {
    const account = await ctx.step('open account', ({ idempotencyKey }) => {
      effects.record('open', { key: idempotencyKey, detail: id });
      return `account of ${id}`;
    });
    const amount = await ctx.waitFor(paid, { timeout: '7d' });
    const answer = await ctx.ask('ship it', { form: z.object({ ok: z.boolean() }) });
    const parts = await ctx.map([1, 2, 3], (part, _, inner) =>
      inner.step('pack', ({ idempotencyKey }) => {
        effects.record('pack', { key: idempotencyKey, detail: part });
        return part * 2;
      }),
    );
    await ctx.sleep('3d');
    return { account, amount, by: answer.by, parts, luck: Math.random(), at: new Date() };
  });
}

const replies = [
  { signal: paid, payload: 12 },
  { question: 'ship it', answer: { ok: true }, by: 'ada' },
];

describe.each(['memory', 'sqlite'] as const)('on the %s store', (store) => {
  it('a sound workflow survives a kill at each of its writes', async () => {
    const report = await crashTest(({ effects }) => order(effects), { id: 'o-1' }, { replies, store });
    expect(report.text).toMatch(/^Nothing found: \d+ kill\(s\) at \d+ position\(s\), and no difference\.$/);
    expect(report.ok).toBe(true);
    expect(report.positions).toBeGreaterThanOrEqual(7);
    expect(report.kills).toBeGreaterThan(report.positions);
  });
});

describe('planted bugs', () => {
  it('a branch that depends on something outside the journal is found', async () => {
    let runs = 0;
    const branching = workflow('branching', async (ctx) => {
      runs += 1;
      if (runs % 2 === 1) await ctx.step('left', () => 1);
      else await ctx.step('right', () => 2);
      await ctx.step('last', () => 3);
    });
    const report = await crashTest(branching, undefined, { dev: false });
    expect(report.ok).toBe(false);
    expect(report.text).toContain('left');
    expect(report.text).toContain('right');
  });

  it('a branch that only a resumed process takes otherwise is found', async () => {
    const report = await crashTest(() => {
      // Stands for a host name, a process id, an environment variable: another process sees another one.
      let host = 'new';
      return workflow('by host', async (ctx) => {
        await ctx.step('first', () => {
          host = 'old';
        });
        await ctx.step(host === 'old' ? 'left' : 'right', () => 2);
        await ctx.step('last', () => 3);
      });
    }, undefined);
    expect(report.findings.map((finding) => finding.kind)).toContain('outcome');
    expect(report.text).toMatch(/TUTTI_REPLAY_MISMATCH/);
    expect(report.text).toMatch(/Repeat it with \{ only: '\d+:(before|after)' \}/);
  });

  it('a step whose effect is given no idempotency key is found where its commit is lost', async () => {
    const effects = effectLog();
    const careless = workflow('careless', async (ctx) => {
      await ctx.step('mail', () => effects.record('mail', { detail: 'welcome' }));
      await ctx.step('charge', ({ idempotencyKey }) => effects.record('charge', { key: idempotencyKey }));
    });
    const report = await crashTest(careless, undefined, { effects });
    expect(report.findings.map(({ kind }) => kind)).toEqual(['effect-doubled']);
    const [finding] = report.findings;
    expect(finding?.message).toBe(
      'effect "mail" happened 2 times, without a crash once, and no idempotency key tells its receiver; give it step.idempotencyKey',
    );
    expect(finding?.point?.moment).toBe('before');
    expect(finding?.struckAt).toBe('journal position 0 (step "mail")');
    const again = await crashTest(careless, undefined, { effects, only: finding!.point!.id });
    expect(again.findings).toEqual(report.findings);
  });

  it('state that lives in a variable beside the code is found: the new process does not have it', async () => {
    const report = await crashTest(() => {
      let token = 'none';
      return workflow('forgetful', async (ctx) => {
        await ctx.step('log in', () => {
          token = 'secret';
        });
        return ctx.step('use', () => `with ${token}`);
      });
    }, undefined);
    expect(report.findings.map(({ kind }) => kind)).toContain('outcome');
    expect(report.text).toContain('with none');
  });

  it('state that one run leaves to the next is found without any crash', async () => {
    let total = 0;
    const adding = workflow('adding', async (ctx) => {
      total += await ctx.step('add', () => 1);
      return total;
    });
    const report = await crashTest(adding, undefined, { dev: false });
    expect(report.kills).toBe(0);
    expect(report.findings.map(({ kind }) => kind)).toContain('unstable');
  });

  it('an effect under a key that changes with every attempt is doubled', async () => {
    let attempts = 0;
    const effects = effectLog();
    const fresh = workflow('fresh', async (ctx) => {
      await ctx.step('mail', () => {
        attempts += 1;
        effects.record('mail', { key: `key ${attempts}` });
      });
    });
    const report = await crashTest(fresh, undefined, { effects });
    expect(report.ok).toBe(false);
  });

  it('an effect that a crash loses is found: done outside of any step', async () => {
    const report = await crashTest(({ effects }) => {
      let isDone = false;
      return workflow('outside', async (ctx) => {
        await ctx.step('first', () => (isDone = true));
        await ctx.step('second', ({ idempotencyKey }) => {
          if (isDone) effects.record('done', { key: idempotencyKey });
        });
      });
    }, undefined);
    expect(report.findings.map(({ kind }) => kind)).toContain('effect-lost');
  });
});

it('a run that waits for something nobody brings is refused before anything is killed', async () => {
  const waiting = workflow('waiting', (ctx) => ctx.waitFor(paid));
  await expect(crashTest(waiting, undefined)).rejects.toMatchObject({ code: 'TUTTI_TEST_STUCK' });
});

it('an unknown option is refused with the nearest name', async () => {
  const nothing = workflow('nothing', async () => 1);
  // @ts-expect-error -- the option is `replies`
  await expect(crashTest(nothing, undefined, { replys: [] })).rejects.toMatchObject({
    code: 'TUTTI_OPTION_UNKNOWN',
    message: expect.stringContaining("'replies'") as string,
  });
});

it('a store that takes the commit of a killed process is found out', async () => {
  const store = createMemoryStore();
  const worker = await store.registerWorker({ name: 'a', now: 0, leaseUntil: 10, definitions: [] });
  const batch = {
    worker,
    starts: [],
    sends: [],
    entries: [],
    waits: [],
    endedWaits: [],
    consumed: [],
    runs: [],
  };
  const killer = new Killer(crashPoint(1, 'before'));
  killer.arm();
  expect(killer.watch({ method: 'commit', batch }, 'before')).toBe(true);
  expect(await killer.isZombieRefused(store)).toBe(false);
  await store.declareDead(11);
  expect(await killer.isZombieRefused(store)).toBe(true);
});
