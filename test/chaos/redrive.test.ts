/**
 * Two processes on one file work at a redrive, and one of them is killed at an enumerated point of its own commits: each dead
 * letter takes effect once, and the job's account of it adds up. TUTTI_CHAOS=full takes every point.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { WritePoint } from '../../src/stores/sqlite/index.ts';
import { prepare, runCase, type KillPoint } from './redrive-case.ts';

const count = 12;
const isFull = process.env['TUTTI_CHAOS'] === 'full';

/** Before anything is written, with everything written and nothing on disk, and on disk without the caller knowing. */
const points: readonly WritePoint[] = isFull
  ? ['begin', 'guarded-written', 'topics-written', 'commit', 'committed']
  : ['commit', 'committed'];
const cases: readonly KillPoint[] = (['the job', 'the cursor'] as const).flatMap((of) =>
  points.flatMap((point) => (isFull ? [1, 2, 3] : [2]).map((at) => ({ of, point, at }))),
);

it('redrives each dead letter once in effect, wherever one of its two processes dies', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-redrive-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const prepared = await prepare(directory, count);
  const ids = Array.from({ length: count }, (_, n) => `o${n}`);
  const killed = new Map<KillPoint['of'], number>();
  for (const [index, kill] of cases.entries()) {
    const { isKilled, ...left } = await runCase(prepared, kill, join(directory, `${index}.db`));
    const name = `killed at ${kill.point} of commit ${kill.at} of ${kill.of}`;
    if (isKilled) killed.set(kill.of, (killed.get(kill.of) ?? 0) + 1);
    expect(left.effects, name).toEqual(Object.fromEntries(ids.map((id) => [id, 1])));
    const counts = { matched: count, redriven: count, guarded: 0, left: 0, failedAgain: 0, unreadable: 0 };
    expect(left.view, name).toMatchObject({ state: 'finished', ...counts });
    expect(new Set(left.view.audit.map((entry) => entry.id)).size, name).toBe(count);
    expect(left.view.audit, name).toHaveLength(count);
    expect([left.deadLetters, left.damage], name).toEqual([0, []]);
  }
  // A case that was over before its point proves nothing.
  for (const of of ['the job', 'the cursor'] as const) expect(killed.get(of) ?? 0, of).toBeGreaterThan(0);
});
