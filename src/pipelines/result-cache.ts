import { createHash } from 'node:crypto';
import { decodeValue, encodeValue } from '../base/codec.ts';
import { allCells, type CellName, type Engine, type StepAttempt } from '../engine/index.ts';
import type { TaskContext } from './task-types.ts';

const cacheSpace = 'pipeline-cache';

/** A result as it lies in its cell. */
interface KeptResult {
  readonly value: unknown;
  /** Milliseconds since the epoch; null for never. */
  readonly expiresAt: number | null;
}

/** A lookup of one attempt. */
interface Lookup {
  readonly cell: CellName;
  readonly expiresMs: number | null;
  readonly attempt: StepAttempt;
  readonly context: TaskContext;
}

/** The cell of a task's results for one key. Positions in maps are left out: equal work is equal work. @throws TUTTI_VALUE_NOT_STORABLE */
export function cacheCell(context: TaskContext, key: unknown): CellName {
  const task = context.task.replaceAll(/\[\d+\]/g, '');
  const text = inOrder(encodeValue(key, `the cache key of task "${context.task}"`));
  const hash = createHash('sha256').update(text).digest('base64url');
  return { space: cacheSpace, key: `${context.pipeline}/${task}/${hash}` };
}

/** The stored form with the names of objects sorted: in which order somebody wrote them says nothing about the work. */
function inOrder(stored: string): string {
  return JSON.stringify(JSON.parse(stored), (_, value: unknown) =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  );
}

/** Deletes results that have expired, of all pipelines. One that is kept anew meanwhile stays. */
export async function dropExpired(engine: Engine): Promise<void> {
  const now = engine.clock.now();
  for await (const { key, value, version } of allCells(engine.store, cacheSpace)) {
    const { expiresAt } = decodeValue(await engine.payloads.text(value)) as KeptResult;
    if (expiresAt === null || expiresAt > now) continue;
    await engine.change({
      when: [{ space: cacheSpace, key, version }],
      cells: [{ space: cacheSpace, key, value: null }],
      starts: [],
      sends: [],
    });
  }
}

/** An earlier result, or that of the work, which is then kept in the same transaction as the completion of the task (I4). */
export async function runCached(lookup: Lookup, work: () => unknown): Promise<unknown> {
  const { cell, expiresMs, attempt, context } = lookup;
  // Written by the lines below and by nobody else.
  const kept = (await attempt.readCellValue(cell)) as KeptResult | undefined;
  if (kept !== undefined && (kept.expiresAt === null || kept.expiresAt > attempt.startedAt)) {
    context.log.info('Used the result of an earlier run.');
    return kept.value;
  }
  const value: unknown = await work();
  const result: KeptResult = { value, expiresAt: expiresMs === null ? null : attempt.startedAt + expiresMs };
  if (!attempt.writeCellValue(cell, result)) {
    context.log.warn('The result is too large to be kept for later runs.');
  }
  return value;
}
