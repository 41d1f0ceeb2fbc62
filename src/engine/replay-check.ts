import type { Definition } from './definition.ts';
import type { LiveRun } from './live-run.ts';
import type { RunNumber, RunRecord } from './model/run.ts';
import type { Payloads } from './payloads.ts';
import type { Store } from './ports/store.ts';
import { rehearse, type Rehearsal } from './rehearsal.ts';
import { otherOperations } from './run-errors.ts';
import { claimedMaterial } from './run-material.ts';
import type { RunOwner } from './run-owner.ts';
import { isStoreFailure } from './until-stored.ts';

/** Replays runs from the store beside the living ones: nothing is begun, nothing is written. */
export class ReplayCheck {
  readonly #store: Store;
  readonly #payloads: Payloads;
  readonly #owner: RunOwner<LiveRun>;
  #underWay = 0;

  constructor(store: Store, payloads: Payloads, owner: RunOwner<LiveRun>) {
    this.#store = store;
    this.#payloads = payloads;
    this.#owner = owner;
  }

  /** Whether a comparison is under way. */
  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Compares what a resting run waits for with what its replay comes to; a difference pauses the run and shows both. */
  async verify(run: LiveRun): Promise<void> {
    // Marks, and everything that `batched` code does, reach the disk later than the code goes on.
    await this.#owner.services.queue.settled();
    this.#underWay += 1;
    try {
      const first = run.pendingKeys();
      const { replayed, mismatch } = await this.#replay(run.record, run.definition, []);
      if (!run.isResting || run.pendingKeys().join() !== first.join()) return;
      // What was read is not where the run stands now; it is compared again at its next rest.
      if (replayed.journalLength !== run.journalLength) return;
      const second = replayed.pendingKeys();
      if (mismatch !== null) run.pauseBecause(mismatch);
      else if (first.join() !== second.join()) run.pauseBecause(otherOperations(run.record, first, second));
    } catch (error) {
      // Compared again at the next rest.
      if (!isStoreFailure(error)) throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  /**
   * Replays a run that is in nobody's memory, if asked without some of its entries, and says how its code came to stand at the
   * end of its journal. Null without the run or its code.
   */
  async rehearse(number: RunNumber, drop: readonly number[] = []): Promise<Rehearsal | null> {
    const record = await this.#store.getRun(number);
    if (record === null) return null;
    const definition = this.#owner.services.findDefinition(record.definition);
    return definition === undefined ? null : this.#replay(record, definition, drop);
  }

  async #replay(run: RunRecord, definition: Definition, drop: readonly number[]): Promise<Rehearsal> {
    const journal = await this.#store.readJournal(run.number, 0, Number.MAX_SAFE_INTEGER);
    const dropped = new Set(drop);
    const kept = journal.filter((entry) => !dropped.has(entry.seq));
    const claimed = { run, journal: kept, inbox: [], waits: [] };
    const material = await claimedMaterial(claimed, definition, this.#store, this.#payloads);
    return rehearse(material, this.#owner);
  }
}
