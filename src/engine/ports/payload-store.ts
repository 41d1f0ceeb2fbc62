/**
 * Where values above the inline threshold lie. A value is written, and on disk, before the commit that refers to it;
 * what a crash leaves without a reference goes when its run is pruned.
 */
export interface PayloadStore {
  /** Writes the bytes durably and returns a reference (without the leading `@`). Same bytes for the same run id: same reference. */
  put(runId: string, bytes: Uint8Array): Promise<string>;
  /** @throws TUTTI_STORE_FAILED when the reference leads nowhere or the bytes are not those that were put. */
  get(reference: string): Promise<Uint8Array>;
  /** Deletes everything of these runs. To be called only when no generation under the id is left. */
  deleteRuns(runIds: readonly string[]): Promise<void>;
}
