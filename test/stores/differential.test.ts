import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/stores/memory/index.ts';
import { createSqliteStore } from '../../src/stores/sqlite/index.ts';
import {
  drawsPerOperation,
  runRandomOperations,
  type OperationCode,
} from '../../src/testing/store-conformance/index.ts';

const operation: fc.Arbitrary<OperationCode> = fc.array(fc.nat(10_000), {
  minLength: drawsPerOperation,
  maxLength: drawsPerOperation,
});
const stream = fc.array(operation, { minLength: 100, maxLength: 300, size: 'max' });

/** A failure prints the seed and the path with which fast-check repeats it. */
const bounds = { numRuns: 60, interruptAfterTimeLimit: 15_000, endOnFailure: false };

describe('the SQLite store and the reference model', () => {
  it('answer alike to every operation and end in the same state', async () => {
    await fc.assert(
      fc.asyncProperty(stream, (codes) => compare(codes, 1)),
      bounds,
    );
  });

  it('answer alike when the operations come through two handles in turn', async () => {
    await fc.assert(
      fc.asyncProperty(stream, (codes) => compare(codes, 2)),
      { ...bounds, numRuns: 20 },
    );
  });
});

async function compare(codes: readonly OperationCode[], handleCount: number): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tutti-differential-'));
  const memory = createMemoryStore();
  const handles = [];
  for (let index = 0; index < handleCount; index += 1) {
    handles.push(await createSqliteStore({ file: join(directory, 'tutti.db') }));
  }
  try {
    await runRandomOperations([[memory], handles], codes, (what, answers) => {
      expect({ what, sqlite: answers[1] }).toEqual({ what, sqlite: answers[0] });
    });
  } finally {
    for (const handle of handles) await handle.close();
    await memory.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
