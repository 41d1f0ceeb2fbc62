import { createHash } from 'node:crypto';
import { TuttiError } from '../../base/tutti-error.ts';
import type { PayloadStore } from '../../engine/index.ts';

/** A new, empty payload store in memory. What it holds is gone with the process. */
export function createMemoryPayloadStore(): PayloadStore {
  const byRun = new Map<string, Map<string, Uint8Array>>();
  return {
    async put(runId: string, bytes: Uint8Array): Promise<string> {
      const digest = createHash('sha256').update(bytes).digest('hex');
      const known = byRun.get(runId) ?? new Map<string, Uint8Array>();
      byRun.set(runId, known.set(digest, new Uint8Array(bytes)));
      return `${digest}/${runId}`;
    },

    async get(reference: string): Promise<Uint8Array> {
      // The digest holds no slash; the run id may.
      const slash = reference.indexOf('/');
      const bytes = byRun.get(reference.slice(slash + 1))?.get(reference.slice(0, slash));
      if (bytes === undefined) {
        throw new TuttiError('TUTTI_STORE_FAILED', `No payload lies under the reference '${reference}'.`);
      }
      return new Uint8Array(bytes);
    },

    async deleteRuns(runIds: readonly string[]): Promise<void> {
      for (const runId of runIds) byRun.delete(runId);
    },
  };
}
