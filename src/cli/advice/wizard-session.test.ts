import { describe, expect, it } from 'vitest';
import { advise, measureOf, notSure } from '../../advisor/index.ts';
import { WizardSession } from './wizard-session.ts';

const measure = measureOf({});

/** Answers every question by the choice until none is left. */
function run(session: WizardSession, choose: (id: string) => string): readonly string[] {
  const asked: string[] = [];
  for (let question = session.next(); question !== undefined; question = session.next()) {
    asked.push(question.id);
    session.answer(question.id, choose(question.id));
  }
  return asked;
}

const nightly: Readonly<Record<string, string>> = {
  duration: '<=1h',
  longestWait: 'none',
  human: 'none',
  shape: 'fixed',
  trigger: 'schedule',
  throughput: '<1/s',
  latency: 'hours',
  failure: 'retry-step',
};

describe('a session of the wizard', () => {
  it('asks quick questions alone, each once, when nothing can be known', () => {
    const asked = run(new WizardSession(measure, 'quick'), () => notSure);
    expect(asked.toSorted()).toEqual(Object.keys(nightly).toSorted());
  });

  it('stops as soon as the open questions cannot change the leader any more', () => {
    const session = new WizardSession(measure, 'quick');
    const asked = run(session, (id) =>
      id === 'throughput' ? '>10k/s' : id === 'latency' ? '<100ms' : notSure,
    );
    expect(session.standing.paradigm).toBe('event-driven');
    expect(asked.length).toBeLessThan(8);
    expect(session.leftOpenCount).toBe(8 - asked.length);
  });

  it('goes back answer by answer, and asks the same question again', () => {
    const session = new WizardSession(measure, 'quick');
    const first = session.next()!;
    session.answer(first.id, nightly[first.id]!);
    const before = session.sheet();
    const second = session.next()!;
    session.answer(second.id, nightly[second.id]!);
    expect(session.back()).toEqual({ question: second, answer: nightly[second.id] });
    expect(session.sheet()).toEqual(before);
    expect(session.next()).toBe(second);
    session.back();
    expect(session.canGoBack).toBe(false);
    expect(session.back()).toBeUndefined();
  });

  it('goes on from its own sheet, with what was not sure kept', () => {
    const session = new WizardSession(measure, 'quick');
    const first = session.next()!;
    session.answer(first.id, notSure);
    session.introduce([{ name: 'Ada' }], { paradigm: 'pipeline' });
    const resumed = new WizardSession(measure, 'quick', JSON.parse(JSON.stringify(session.sheet())));
    expect(resumed.sheet()).toEqual(session.sheet());
    expect(resumed.next()?.id).not.toBe(first.id);
    expect(resumed.canGoBack).toBe(false);
    expect(resumed.isIntroduced).toBe(true);
  });

  it('ends with a sheet whose advice is that of the answers alone', () => {
    const session = new WizardSession(measure, 'quick');
    const asked = run(session, (id) => nightly[id]!);
    const answers = Object.fromEntries(asked.map((id) => [id, nightly[id]!]));
    expect(advise(session.sheet(), { today: '2026-11-25' })).toEqual(
      advise({ answers }, { today: '2026-11-25' }),
    );
  });

  it('asks for parts once, and only where all is asked', () => {
    expect(new WizardSession(measure, 'quick').nextParts()).toBeUndefined();
    const session = new WizardSession(measure, 'full');
    session.answer(session.nextParts()!.id, ['saga']);
    expect(session.nextParts()).toBeUndefined();
    expect(session.sheet().answers).toEqual({ alsoContains: ['saga'] });
  });

  it('does not go on from what is no sheet', () => {
    expect(() => new WizardSession(measure, 'quick', { answers: { latancy: 'x' } })).toThrow(
      "did you mean 'latency'?",
    );
  });
});
