import { describe, expect, it, vi } from 'vitest';
import { assert } from './assert.ts';
import { errorCodes, errorEntry, type ErrorCode, type ErrorEntry } from './error-codes.ts';
import { silentLogger } from './logger.ts';
import { isTuttiError, TuttiError } from './tutti-error.ts';

const entries = Object.entries(errorCodes) as [ErrorCode, ErrorEntry][];

describe('the table of errors', () => {
  it.each(entries)('%s has a usable status, exit code, summary and remedy', (code, entry) => {
    expect(code).toMatch(/^TUTTI_[A-Z]+(_[A-Z]+)+$|^TUTTI_[A-Z]+$/);
    expect(entry.status).toBeGreaterThanOrEqual(400);
    expect(entry.status).toBeLessThan(600);
    expect(entry.exitCode).toBeGreaterThanOrEqual(1);
    expect(entry.exitCode).toBeLessThanOrEqual(8);
    expect(entry.summary).toMatch(/^[A-Z].*\.$/);
    expect(entry.remedy).toMatch(/^[A-Z].*\.$/);
    expect(errorEntry(code)).toBe(entry);
  });
});

describe('a TuttiError', () => {
  it('carries what its row of the table says', () => {
    const error = new TuttiError('TUTTI_STORE_BUSY', 'the store is locked');
    expect(error).toMatchObject({ name: 'TuttiError', status: 503, retryable: true });
    expect(error.remedy).toBe(errorCodes.TUTTI_STORE_BUSY.remedy);
    expect('details' in error || 'cause' in error).toBe(false);
  });

  it('keeps its cause and details', () => {
    const cause = new Error('disk');
    const error = new TuttiError('TUTTI_STORE_FAILED', 'x', { cause, details: { runId: 'r1' } });
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual({ runId: 'r1' });
  });

  it('is recognised across two copies of the package', async () => {
    vi.resetModules();
    const copy = await import('./tutti-error.ts');
    const foreign = new copy.TuttiError('TUTTI_INTERNAL', 'x');
    expect(foreign).not.toBeInstanceOf(TuttiError);
    expect(isTuttiError(foreign)).toBe(true);
  });

  it.each([null, undefined, 'TUTTI_INTERNAL', {}, new Error('x')])('is not mistaken for %s', (value) => {
    expect(isTuttiError(value)).toBe(false);
  });
});

describe('an assertion', () => {
  it('passes silently when it holds', () => {
    expect(assert(1, 'unused')).toBeUndefined();
  });

  it('fails as a fault of Tutti', () => {
    expect(() => assert(0, 'a run has an owner')).toThrow(
      expect.objectContaining({ code: 'TUTTI_INTERNAL', message: 'a run has an owner' }),
    );
  });
});

describe('the silent logger', () => {
  it('takes every level and writes nothing', () => {
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      expect(silentLogger[level]('x')).toBeUndefined();
  });
});
