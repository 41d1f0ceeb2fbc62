/**
 * Schema version 1. This text is the specification of what Tutti keeps.
 *
 * Times are whole milliseconds since 1970-01-01T00:00:00Z. Numbers are never reused. A payload is text or bytes, see
 * engine/model/payload.ts. Words (states, kinds, outcomes) are spelled as everywhere else in Tutti.
 *
 * counter   one row per sequence (`run`, `message`: the last number given out) and per final state (how many runs are in it).
 *           Changed in the same transaction as what it counts. `undone`: commits that a failing disk refused; counting one
 *           is also what wipes it from the log.
 * worker    one row per registration of a worker process.
 *             alive → dead      another worker found the lease expired (declareDead)
 *             alive → stopped   the worker said goodbye (retireWorker)
 *           Every commit in the name of a worker first reads that this row says `alive`; that is the fence.
 *           `released` becomes 1 once no run that time could wake names the gone worker as owner any more.
 * run       one row per run: a generation of an id.
 *             (none) → running  started by the worker that executes it
 *             (none) → pending  started by anyone else
 *             pending, waiting, running of a gone worker → running   claim: owner = the claiming worker, wake_at = 0
 *             running ⇄ waiting, → paused                            commit of the owner
 *             paused → waiting                                       accepted message `resume` or `cancel`: wake_at = 0
 *             any open state → completed, failed, canceled           commit of the owner: wake_at = null, ended_at is set
 *           wake_at is null exactly when ended_at is set. An accepted message sets wake_at = 0 (unless the run is paused or
 *           pending: then only `resume` and `cancel` do).
 *           owner = 0: nobody. A run is claimable when its owner is 0 or not alive, it is not paused, and wake_at is due;
 *           9007199254740991 is never due. A message that wakes a run of a gone worker gives it to nobody.
 * journal   one row per fact of a run, only ever appended; (run, seq) is unique, seq has no gap. The rows of all runs lie in
 *           the order of their commits, because a commit that advances 2,000 runs must not touch 2,000 pages; only the
 *           small index is ordered by run (docs/decisions/0003-journal-layout.md).
 * wait      one row per thing an open run waits for. Inserted, replaced and deleted by commits of the owner; gone once the run ended.
 * inbox     one row per message accepted and not yet journaled. Deleted by the commit that journals its effect, or that
 *           ends the run.
 *
 * `prune` deletes ended runs and everything with their number.
 *
 * Foreign keys are on: an entry or a wait of a run that does not exist refuses the commit. (Costs 0.2 µs per journal row.)
 */
export const initialSchema: string = `
create table counter (
  name text not null primary key,
  value integer not null
) strict, without rowid;

insert into counter (name, value) values ('run', 0), ('message', 0), ('completed', 0), ('failed', 0), ('canceled', 0), ('undone', 0);

create table worker (
  number integer primary key autoincrement,
  name text not null,
  state text not null,
  started_at integer not null,
  lease_until integer not null,
  definitions text not null,
  released integer not null default 0
) strict;

-- Serves declareDead and the owners a claim looks under; both are a handful of rows however many workers ever lived.
create index worker_in_use on worker (state) where state = 'alive' or released = 0;

create table run (
  number integer primary key,
  id text not null,
  generation integer not null,
  kind text not null,
  definition text not null,
  version text not null,
  state text not null,
  owner integer not null,
  wake_at integer,
  deadline_at integer,
  parent_run integer,
  parent_operation text,
  created_at integer not null,
  started_at integer,
  updated_at integer not null,
  ended_at integer,
  seed integer not null,
  status text,
  input any not null,
  result any
) strict;

create unique index run_by_id on run (id, generation);

-- Serves claim (number gives the order among equal times), nextWake, the release of a gone worker's runs, and (with
-- state) the count of open runs.
create index run_claimable on run (owner, definition, wake_at, number, state) where wake_at is not null and state <> 'paused';

-- Serves prune. Entries are appended in the order runs end.
create index run_ended on run (ended_at) where ended_at is not null;

-- Serves lists of what people look for: few rows among many.
create index run_in_trouble on run (state) where state = 'paused' or state = 'failed' or state = 'canceled';

create index run_by_parent on run (parent_run) where parent_run is not null;

create table journal (
  run integer not null references run (number),
  seq integer not null,
  kind text not null,
  scope text not null,
  name text not null,
  occurrence integer not null,
  attempt integer not null,
  outcome text not null,
  started_at integer not null,
  at integer not null,
  payload any
) strict;

create unique index journal_by_run on journal (run, seq);

create table wait (
  run integer not null references run (number),
  key text not null,
  kind text not null,
  name text not null,
  since integer not null,
  deadline integer,
  detail any,
  primary key (run, key)
) strict, without rowid;

-- Serves lists of what needs a person or a deployment. Timers and retries, the great majority, pay nothing for it.
create index wait_for_attention on wait (kind, since) where kind = 'approval' or kind = 'code' or kind = 'slot';

create table inbox (
  id integer primary key,
  run integer not null,
  kind text not null,
  name text not null,
  at integer not null,
  payload any
) strict;

create index inbox_by_run on inbox (run);
`;
