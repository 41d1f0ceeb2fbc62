import { describe, expect, it } from 'vitest';
import type { EntryView, RunDetail } from '../../app/index.ts';
import { Output } from '../output.ts';
import { describeRun } from './describe-run.ts';

const start = Date.UTC(2026, 10, 23, 9, 40, 51);
const minute = 60_000;

function run(over: Partial<RunDetail> = {}): RunDetail {
  return {
    id: 'acme',
    generation: 1,
    kind: 'workflow',
    definition: 'onboarding',
    version: '1',
    state: 'waiting',
    status: 'waiting for an administrator',
    createdAt: start,
    startedAt: start,
    updatedAt: start,
    endedAt: null,
    deadlineAt: null,
    worker: null,
    parent: null,
    trigger: null,
    cause: null,
    input: { name: 'Acme' },
    output: undefined,
    error: null,
    waits: [],
    inbox: 0,
    recent: [],
    children: [],
    codeMissing: false,
    ...over,
  };
}

function entry(over: Partial<EntryView>): EntryView {
  return {
    seq: 0,
    kind: 'step',
    scope: '',
    name: 'create tenant',
    occurrence: 0,
    attempt: 1,
    outcome: 'ok',
    startedAt: start,
    at: start + 12,
    value: undefined,
    ...over,
  };
}

function shown(detail: RunDetail, asked = 'acme'): string {
  const out = new Output('table', { NO_COLOR: '1' });
  return describeRun(detail, {
    out,
    now: start + 5 * minute,
    asked,
    typed: (command) => `tutti ${command}`,
  }).join('\n');
}

describe('a described run', () => {
  it('says what it waits for, since when, and until when', () => {
    const text = shown(
      run({
        waits: [
          {
            runId: 'acme',
            key: '/approval:verify#0',
            kind: 'approval',
            name: 'verify account',
            since: start + minute,
            deadline: start + 65 * minute,
            detail: { form: { type: 'object', properties: { approved: { type: 'boolean' } } } },
          },
        ],
      }),
    );
    expect(text).toContain('acme  waiting  waiting for an administrator');
    expect(text).toContain(
      'a person to answer "verify account" since 4m ago, until 2026-11-23 10:45:51Z (in 1h)',
    );
    expect(text).toContain('tutti approvals answer acme --approve --by <name>');
  });

  it('shows a silence of the journal that no wait explains', () => {
    const text = shown(
      run({
        recent: [
          entry({}),
          entry({ seq: 1, name: 'provision', startedAt: start + 72_012, at: start + 72_100, attempt: 2 }),
          entry({
            seq: 2,
            kind: 'timer',
            name: 'three days',
            startedAt: start + 72_100,
            at: start + 4 * minute,
          }),
        ],
      }),
    );
    expect(text.match(/nothing was recorded/g)).toHaveLength(1);
    expect(text).toMatch(/create tenant.*\n.*1m 12s in which nothing was recorded\n.*provision.*attempt 2/);
  });

  it('does not take the pause before a next try for a silence', () => {
    const value = { error: { name: 'Error', message: 'no route' }, nextAt: start + minute };
    const text = shown(
      run({
        recent: [
          entry({ kind: 'attempt', outcome: 'error', value }),
          entry({ seq: 1, attempt: 2, startedAt: start + minute, at: start + minute + 5 }),
        ],
      }),
    );
    expect(text).not.toContain('nothing was recorded');
  });

  it('tells the entries before the ones it shows', () => {
    expect(shown(run({ recent: [entry({ seq: 40 })] }))).toContain(
      '… 40 earlier entries: tutti runs history acme',
    );
  });

  it('shows an error with its causes, the line of the code and the remedy', () => {
    const text = shown(
      run({
        state: 'failed',
        endedAt: start + minute,
        error: {
          name: 'TuttiError',
          code: 'TUTTI_STEP_FAILED',
          message: 'Step "pay" failed',
          cause: { name: 'Error', type: 'CardDeclined', message: 'declined' },
          stack: 'TuttiError: x\n    at pay (/home/me/flow.ts:7:3)',
        },
      }),
    );
    expect(text).toContain(
      'TUTTI_STEP_FAILED: Step "pay" failed\n caused by CardDeclined: declined\n   at pay (/home/me/flow.ts:7:3)\n → Read the cause',
    );
    expect(text).toContain('tutti runs retry acme');
  });

  it('warns that nobody has the code', () => {
    expect(shown(run({ codeMissing: true, state: 'pending' }))).toContain(
      'the code of "onboarding": no living one does',
    );
  });

  it('names an older generation exactly in every command', () => {
    const text = shown(run({ state: 'failed', endedAt: start + 1 }), 'acme@1');
    expect(text).toContain('tutti runs retry acme@1');
  });

  it('shows a failed attempt with its message', () => {
    const failed = entry({
      kind: 'attempt',
      outcome: 'error',
      value: { error: { name: 'Error', code: 'ECONNREFUSED', message: 'no route' }, nextAt: 5 },
    });
    expect(shown(run({ recent: [failed] }))).toMatch(
      /↻ attempt  create tenant.*attempt 1: ECONNREFUSED: no route/,
    );
  });
});

describe('a run and events', () => {
  it('shows which event started it, and which one it waits for', () => {
    const event = {
      ...{ topic: 'orders', partition: 2, offset: 7, id: 'e1', type: 'order.placed' },
      ...{ correlationId: 'c1', hops: 0 },
    };
    const none = { interval: null, backfill: null, ignoresPast: false, previousRun: null, partition: null };
    const text = shown(
      run({
        trigger: { by: 'event', schedule: 'orders/ships', ...none, event },
        waits: [
          {
            ...{
              runId: 'acme',
              key: '/event:paid#0',
              kind: 'event',
              name: 'paid',
              since: start,
              deadline: null,
            },
            detail: {
              topic: 'orders',
              type: 'paid',
              partitions: 1,
              where: { data: { id: ['o1'] } },
              from: [8],
            },
          },
        ],
      }),
    );
    expect(text).toContain('started by event "order.placed" e1 at orders/2/7, correlation c1');
    expect(text).toContain('event "paid" of topic "orders" matching {"data":{"id":["o1"]}} since');
  });
});
