import { describe, expect, it } from 'vitest';
import { checkCase, type CaseRecord } from './check-case.ts';
import type { EffectFact, EndedFact, EntryFacts, LedgerLine, RunFacts } from './facts.ts';

const passed = { kill: 0, freeze: 0, 'freeze-inside': 0, 'fill-disk': 0 };

function entry(seq: number, name: string, by: number): EntryFacts {
  return { seq, kind: 'step', name, place: '#0', attempt: 1, outcome: 'ok', value: '1', by };
}

const run: RunFacts = {
  id: 'run-1',
  generation: 1,
  definition: 'steps',
  state: 'completed',
  result: '"done"',
  entries: [entry(0, 'first', 1), entry(1, 'second', 2)],
  waits: [],
  inbox: [],
};

function effect(life: number, step: string, change: Partial<EffectFact> = {}): LedgerLine {
  const key = `key of ${step}`;
  const fact = { run: 'run-1', step, attempt: 1, idempotencyKey: key, finished: [], ...change };
  return { type: 'effect', ...fact, life, pid: life };
}

function ended(change: Partial<RunFacts> = {}, damage: readonly string[] = []): LedgerLine {
  const fact: EndedFact = { type: 'ended', state: { runs: [{ ...run, ...change }] }, damage, passed };
  return { ...fact, life: 2, pid: 2 };
}

const begun = { ...run, state: 'running', entries: run.entries.slice(0, 1) };
const request = { kind: 'start', run: 'run-1', name: 'steps' } as const;

/** Life 1 was killed in the second step, life 2 did it again and saw the end. */
const survived: readonly LedgerLine[] = [
  { type: 'acknowledged', request, life: 1, pid: 1 },
  effect(1, 'first'),
  effect(1, 'second', { finished: ['first'] }),
  { type: 'found', state: { runs: [begun] }, life: 2, pid: 2 },
  effect(2, 'second', { finished: ['first'] }),
  ended(),
];

function findings(lines: readonly LedgerLine[], change: Partial<CaseRecord> = {}): readonly string[] {
  return checkCase({ lines, reference: { runs: [run] }, disturbances: 1, ...change });
}

describe('the checks of a case', () => {
  it('find nothing where everything survived', () => {
    expect(findings(survived)).toEqual([]);
  });

  it('find runs that did not end', () => {
    expect(findings(survived.slice(0, -1))).toEqual(['the runs did not end']);
  });

  it('find another outcome, a gap and a damaged file', () => {
    expect(findings([...survived, ended({ result: '"other"' })])[0]).toContain('run-1 ended otherwise');
    const gap = ended({ entries: [entry(0, 'first', 1), entry(2, 'second', 2)] });
    expect(findings([...survived, gap])).toContain('the journal of run-1 has a gap');
    expect(findings([...survived, ended({}, ['page 3'])])).toContain('the database is damaged: page 3');
  });

  it('find a lost start and a lost finished step', () => {
    const nothing: LedgerLine = { type: 'found', state: { runs: [] }, life: 2, pid: 2 };
    expect(findings([...survived.slice(0, 3), nothing, ...survived.slice(4)])).toEqual([
      'lost although acknowledged: start steps of run-1',
      'lost although acknowledged: the finished step first of run-1',
    ]);
  });

  it('ask of a look only what was acknowledged before it began', () => {
    const look: LedgerLine = { type: 'look', life: 2, pid: 2 };
    const nothing: LedgerLine = { type: 'found', state: { runs: [] }, life: 2, pid: 2 };
    expect(findings([look, ...survived.slice(0, 3), nothing, ...survived.slice(4)])).toEqual([]);
    expect(findings([...survived.slice(0, 3), look, nothing, ...survived.slice(4)])).toHaveLength(2);
  });

  it('find a lost signal, unless it waits in the inbox', () => {
    const signal = { kind: 'signal', run: 'run-1', name: 'go' } as const;
    const acknowledged: LedgerLine = { type: 'acknowledged', request: signal, life: 1, pid: 1 };
    expect(findings([acknowledged, ...survived])).toEqual(['lost although acknowledged: signal go of run-1']);
    const inbox = { ...begun, inbox: [{ kind: 'signal', name: 'go' }] };
    const found: LedgerLine = { type: 'found', state: { runs: [inbox] }, life: 2, pid: 2 };
    const journaled = ended({
      entries: [...run.entries, { ...entry(2, 'go', 0), kind: 'signal', by: null }],
    });
    const lines = [acknowledged, ...survived.slice(0, 3), found, survived[4]!, journaled];
    expect(findings(lines, { reference: null })).toEqual([]);
  });

  it('find a finished step that ran again', () => {
    const again = [...survived.slice(0, 4), effect(2, 'first'), ...survived.slice(4)];
    expect(findings(again)).toEqual(['the finished step first of run-1 ran again (attempt 1, life 2)']);
  });

  it('find more effects than disturbances explain, and a changed idempotency key', () => {
    expect(findings(survived, { disturbances: 0 })).toEqual([
      'attempt 1 of step second of run-1 had more than 1 effect',
    ]);
    const twice = [...survived.slice(0, 3), effect(1, 'second'), ...survived.slice(3)];
    expect(findings(twice)).toContain('attempt 1 of step second of run-1 in life 1 had more than 1 effect');
    const changed = [...survived.slice(0, 4), effect(2, 'second', { idempotencyKey: 'x' }), ended()];
    expect(findings(changed)).toEqual(['step second of run-1 changed its idempotency key']);
  });

  it('find a result that no effect stands behind, such as that of a zombie', () => {
    const without = survived.filter((line) => line.type !== 'effect' || line.step !== 'second');
    expect(findings(without)).toEqual(['step second of run-1 is recorded without having had its effect']);
    const zombie = [...survived.slice(0, 5), effect(1, 'third'), ended({ entries: [entry(0, 'third', 1)] })];
    expect(findings(zombie, { zombie: 1, reference: null })).toContain(
      'step third of run-1 is recorded without having had its effect',
    );
  });

  it('find what a finished run left behind, and what was refused and is there', () => {
    const left = ended({ waits: ['timer nap'], inbox: [{ kind: 'signal', name: 'go' }] });
    expect(findings([...survived.slice(0, -1), left])).toEqual([
      'run-1 has finished and still waits: timer nap',
      'run-1 has finished and still has a message: signal go',
    ]);
    const refused = { type: 'refused', request, code: 'TUTTI_STORE_FULL', isThere: true } as const;
    expect(findings([{ ...refused, life: 1, pid: 1 }, ...survived])).toEqual([
      'half done: start steps was refused with TUTTI_STORE_FULL and is there',
    ]);
  });
});
