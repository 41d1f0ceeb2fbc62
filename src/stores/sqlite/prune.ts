import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { FinalState, PrunedRun, PruneRequest } from '../../engine/index.ts';
import type { Counters } from './counters.ts';

interface EndedRow {
  readonly number: number;
  readonly id: string;
  readonly state: FinalState;
}

/** Deletion of ended runs with everything of theirs. */
export class Prune {
  readonly #counters: Counters;
  readonly #ended: StatementSync;
  readonly #deletes: readonly StatementSync[];

  constructor(db: DatabaseSync, counters: Counters) {
    this.#counters = counters;
    this.#ended = db.prepare(
      'select number, id, state from run where ended_at < ? order by ended_at, number limit ?',
    );
    this.#deletes = [
      db.prepare('delete from journal where run in (select value from json_each(?))'),
      db.prepare('delete from wait where run in (select value from json_each(?))'),
      db.prepare('delete from inbox where run in (select value from json_each(?))'),
      db.prepare('delete from log where run in (select value from json_each(?))'),
      db.prepare('delete from log_head where run in (select value from json_each(?))'),
      db.prepare('delete from run where number in (select value from json_each(?))'),
    ];
  }

  /** Whether there is anything to delete; a read, so that the usual "nothing" costs no write. */
  isWorthwhile(request: PruneRequest): boolean {
    return this.#ended.get(request.endedBefore, 1) !== undefined;
  }

  /** To be called inside a write transaction. */
  delete(request: PruneRequest): readonly PrunedRun[] {
    const rows = this.#ended.all(request.endedBefore, request.runsMax) as unknown as EndedRow[];
    const numbers = JSON.stringify(rows.map((row) => row.number));
    for (const statement of this.#deletes) statement.run(numbers);
    for (const row of rows) this.#counters.add(row.state, -1);
    return rows.map(({ number, id }) => ({ number, id }));
  }
}
