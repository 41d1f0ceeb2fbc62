import { describe, expect, it } from 'vitest';
import type { EntryView } from '../../app/index.ts';
import { tellEntry } from './story.ts';

function entry(part: Partial<EntryView>): EntryView {
  const common = {
    seq: 0,
    scope: '',
    occurrence: 0,
    attempt: 1,
    outcome: 'ok',
    startedAt: 0,
    at: 12,
    value: null,
  } as const;
  return { ...common, kind: 'step', name: 'activate', ...part };
}

describe('the story', () => {
  it('names what a step made', () => {
    expect(tellEntry(entry({ name: 'create tenant', value: { id: 'tnt-7' } }))?.text).toBe(
      'tenant tnt-7 created  (12ms)',
    );
    expect(
      tellEntry(entry({ name: 'provision database', value: { file: '/data/tnt-7.db' } }))?.text,
    ).toContain(' tnt-7.db ');
    expect(tellEntry(entry({ name: 'send survey', value: { to: 'a@b.example' } }))?.text).toContain(
      'a@b.example',
    );
  });

  it('says why a step failed, and that another attempt follows', () => {
    expect(tellEntry(entry({ outcome: 'error', value: { message: 'no route' } }))).toEqual({
      mark: '✗',
      text: 'activate failed: no route',
    });
    expect(tellEntry(entry({ kind: 'attempt', attempt: 2 }))?.text).toContain('attempt 2 failed');
  });

  it('says who decided, and that nobody did', () => {
    const name = 'verify account';
    expect(tellEntry(entry({ kind: 'approval', name, value: { approved: true, by: 'Ann' } }))?.text).toBe(
      'verify account: approved by Ann',
    );
    expect(tellEntry(entry({ kind: 'approval', name, value: { approved: false, by: 'Ann' } }))?.text).toBe(
      'verify account: refused by Ann',
    );
    expect(tellEntry(entry({ kind: 'approval', name, outcome: 'timeout' }))?.mark).toBe('✗');
  });

  it('leaves out what needs no telling', () => {
    expect(tellEntry(entry({ kind: 'record' }))).toBeUndefined();
  });
});
