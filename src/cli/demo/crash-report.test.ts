import { describe, expect, it } from 'vitest';
import type { EntryView, RunDetail } from '../../app/index.ts';
import { checkCrash, tellCrash, type CrashRecord } from './crash-report.ts';
import type { LedgerLine } from './ledger.ts';

const stepNames = ['create tenant', 'provision database', 'send welcome mail', 'activate', 'send survey'];

function step(seq: number, name: string, at: number): EntryView {
  const common = { scope: '', occurrence: 0, attempt: 1, outcome: 'ok', value: null } as const;
  return { ...common, seq, kind: 'step', name, startedAt: at - 5, at };
}

function begins(name: string, pid: number, at: number): LedgerLine {
  return { at, pid, step: name, attempt: 1, idempotencyKey: `key of ${name}`, moment: 'begins' };
}

/** Engine 1 dies in the second step, engine 2 at the question, engine 3 sees the end. */
function survived(): CrashRecord {
  const history = stepNames.map((name, index) =>
    step(index, name, name === 'create tenant' ? 1_100 : 2_100 + 500 * index),
  );
  const dead = { run: undefined, history: [], isKilled: true };
  return {
    stepKilled: 'provision database',
    lives: [
      { pid: 1, startedAt: 1_000, readyAt: 1_050, endedAt: 1_200, ...dead },
      { pid: 2, startedAt: 1_210, readyAt: 1_900, endedAt: 3_200, ...dead },
      {
        pid: 3,
        startedAt: 3_210,
        readyAt: 3_400,
        endedAt: 5_000,
        isKilled: false,
        history,
        run: { state: 'completed', endedAt: 4_900 } as RunDetail,
      },
    ],
    ledger: [
      begins('create tenant', 1, 1_095),
      begins('provision database', 1, 1_110),
      begins('provision database', 2, 2_000),
      begins('send welcome mail', 2, 3_000),
      begins('activate', 3, 3_500),
      begins('send survey', 3, 4_000),
    ],
    tenants: [{ id: 'tnt-1', state: 'active' }],
    databases: ['tnt-1.db'],
    mails: ['welcome.eml', 'survey.eml'],
  };
}

function broken(record: CrashRecord): readonly string[] {
  return checkCrash(record)
    .filter(({ isFine }) => !isFine)
    .map(({ claim }) => claim);
}

describe('the crash report', () => {
  it('finds nothing wrong with a run that survived', () => {
    expect(broken(survived())).toEqual([]);
  });

  it('notices a finished step that ran again', () => {
    const record = survived();
    expect(broken({ ...record, ledger: [...record.ledger, begins('create tenant', 2, 1_950)] })).toEqual([
      'no finished step ran again',
    ]);
  });

  it('notices an idempotency key that changed', () => {
    const record = survived();
    const ledger = record.ledger.map((line) =>
      line.at === 2_000 ? { ...line, idempotencyKey: 'another' } : line,
    );
    expect(broken({ ...record, ledger })).toEqual([
      'the killed step ran again, under the same idempotency key',
    ]);
  });

  it('notices lost and doubled effects', () => {
    const record = survived();
    expect(broken({ ...record, mails: ['welcome.eml'] })).toEqual(['two mails: welcome and survey']);
    expect(broken({ ...record, databases: ['a.db', 'b.db'] })).toEqual(['one database']);
    expect(broken({ ...record, tenants: [] })).toEqual(['one tenant, active']);
  });

  it('notices a run that did not end, and a journal with a gap', () => {
    const record = survived();
    const last = record.lives[2]!;
    const without = { ...last, run: undefined, history: last.history.filter((entry) => entry.seq !== 2) };
    expect(broken({ ...record, lives: [...record.lives.slice(0, 2), without] })).toEqual([
      'the run completed',
      'every step is recorded once',
      'the journal has no gap',
    ]);
  });

  it('shows both kills, both gaps and what was not run again', () => {
    const lines = tellCrash(survived()).map((line) => line.replace(/^ *[\d.]+ s/, '').trim());
    expect(lines.filter((line) => line.includes('SIGKILL'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('without an engine'))).toEqual([
      '┊ 700ms without an engine: the state is on disk only',
      '┊ 200ms without an engine: the state is on disk only',
    ]);
    expect(lines.filter((line) => line.includes('did its work; killed'))).toHaveLength(1);
    expect(
      lines.filter((line) => line.startsWith('create tenant') && line.includes('not run again')),
    ).toHaveLength(2);
  });
});
