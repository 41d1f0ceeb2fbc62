/**
 * Runs wait for events while two processes publish them, and both processes are killed again and again at enumerated points of
 * their own commits: each wait is answered once, by the first event that fits, whether that was published before, while or after the run
 * came to wait. TUTTI_CHAOS=full takes every point.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writePoints } from '../../src/stores/sqlite/index.ts';
import { runWaits, type WaitsKill } from './waits-case.ts';
import { checkWaits } from './waits-check.ts';
import type { WaitFault } from './waits-faults.ts';

const isFull = process.env['TUTTI_CHAOS'] === 'full';
const orders = isFull ? 450 : 45;
/** So long nobody was acknowledged or given anything. Milliseconds; a busy machine is given its time. */
const quietMs = 30_000;

const kinds = ['the waits', 'the answers', 'the journal'] as const;
const points = writePoints.filter((point) => !point.startsWith('checkpoint'));
const kills: readonly WaitsKill[] = isFull
  ? [2, 5, 9].flatMap((at) => points.flatMap((point) => kinds.map((of) => ({ of, point, at }))))
  : (['commit', 'committed'] as const).flatMap((point, n) => kinds.map((of) => ({ of, point, at: 2 + n })));

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-waits-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 'tutti.db');
}

it('answers each wait once and by the right event, wherever its processes die', async () => {
  const file = place();
  const report = await runWaits({ file, orders, fault: null }, { kills, quietMs });
  expect(await checkWaits(file, orders, report)).toEqual([]);
  // A case that was over before its processes died proves nothing.
  for (const of of kinds) expect(report.deaths[of], of).toBeGreaterThan(0);
});

describe('the case catches', () => {
  it.each<readonly [WaitFault, RegExp]>([
    ['lost answer', /still waits for/],
    ['late position', /still waits for/],
    ['another answer', /was answered by .*, not /],
  ])('a planted %s', async (fault, finding) => {
    const file = place();
    const report = await runWaits({ file, orders: 12, fault }, { kills: [], quietMs: 4_000 });
    const findings = await checkWaits(file, 12, report);
    expect(findings.filter((text) => finding.test(text))).not.toEqual([]);
  });
});
