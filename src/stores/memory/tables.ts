import { Cells } from './cells.ts';
import { Claims } from './claims.ts';
import { Inboxes } from './inbox.ts';
import { Journals } from './journal.ts';
import { Logs } from './logs.ts';
import { EndedRuns } from './prune.ts';
import { Runs } from './runs.ts';
import { Topics } from './topics.ts';
import { Slots } from './slots.ts';
import { Waits } from './waits.ts';
import { Workers } from './workers.ts';

/** Everything the store holds, one object per entity. All handles on one store share one of these. */
export interface Tables {
  readonly runs: Runs;
  readonly journals: Journals;
  readonly waits: Waits;
  readonly inboxes: Inboxes;
  readonly workers: Workers;
  readonly topics: Topics;
  readonly cells: Cells;
  readonly slots: Slots;
  readonly logs: Logs;
  /** Finds runs to claim; told of every change by `runs`. */
  readonly claims: Claims;
  /** Finds runs to prune; told of every change by `runs`. */
  readonly ended: EndedRuns;
}

/** Empty tables, joined with their indexes. */
export function createTables(): Tables {
  const workers = new Workers();
  const claims = new Claims(workers);
  const ended = new EndedRuns();
  return {
    runs: new Runs([claims, ended]),
    journals: new Journals(),
    waits: new Waits(),
    inboxes: new Inboxes(),
    workers,
    topics: new Topics(),
    cells: new Cells(),
    slots: new Slots(),
    logs: new Logs(),
    claims,
    ended,
  };
}
