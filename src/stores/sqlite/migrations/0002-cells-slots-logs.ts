/**
 * Schema version 2: cells, slots and logs. This text is the specification of what they keep; see 0001 for everything else.
 *
 * cell      one row per small durable value that belongs to no run: a schedule's next time, a subscription's position.
 *             (none) → written → ... → deleted   commits of anyone, plainly (the last write counts) or in a guarded group,
 *                                                which is applied only if the cells it names have the versions it names
 *           `version` comes from the sequence `cell`, one number per write over all cells, so that no version is ever given
 *           twice: a cell that was deleted and written again is told apart from the one before. `prune` leaves cells alone.
 * pool      one row per pool of slots that has a limit, holders or waiters. `granted` is the sum of the granted slots,
 *           `waiting` the number of requests in line; both change in the same transaction as the rows of `slot`.
 *             max_slots is null    each request brings its own limit (`slot.max_slots`)
 *             max_slots is set     by a commit of anyone, at any time; a lower one takes nothing away from holders
 * slot      one row per request of an open run: granted (`granted_at` is set) or in line. (run, key) is the asking operation.
 *             (none) → granted      there is room and nobody has a better claim
 *             (none) → in line      otherwise; first by priority, highest first, then by `arrival` (sequence `slot`)
 *             in line → granted     by the commit that makes room; the run gets a message of kind `slot` named after the key
 *             any → (none)          the run gives it back, or ends
 * run       gains `has_slots`: whether the run ever asked for slots. The update that ends a run returns it, so that runs
 *           without slots pay no statement for them.
 * worker    gains `process`: which process of which machine it is, so that others of the same machine notice its death at
 *             once; null where that cannot be told.
 * log       one row per line that a run's code or an attempt of a step wrote (`key` is the step's, '' for the code). Only ever
 *           appended, in the order of commits like the journal; a run keeps its newest 10,000, older ones are deleted by the
 *           commit that appends. `prune` deletes them with the run.
 * log_head  one row per run that wrote a line: `length` is the position of the newest, `said` the greatest number of a line of
 *           the run's own code, so that a line that a replay repeats is not written again.
 * counter   gains the sequences `cell` and `slot`.
 */
export const cellsSlotsLogsSchema: string = `
insert into counter (name, value) values ('cell', 0), ('slot', 0);

-- In the order of their keys within a space, which is how they are listed.
create table cell (
  space text not null,
  key text not null,
  value any not null,
  version integer not null,
  primary key (space, key)
) strict, without rowid;

alter table run add column has_slots integer not null default 0;

alter table worker add column process text;

create table pool (
  name text not null primary key,
  max_slots integer check (max_slots >= 0),
  granted integer not null,
  waiting integer not null
) strict, without rowid;

create table slot (
  run integer not null references run (number),
  key text not null,
  pool text not null,
  slots integer not null check (slots > 0),
  priority integer not null,
  max_slots integer not null check (max_slots >= 0),
  since integer not null,
  granted_at integer,
  arrival integer not null,
  primary key (run, key)
) strict, without rowid;

-- The line of a pool, first in line first: serves grants, and the question whether anyone has a better claim.
create index slot_waiting on slot (pool, priority desc, arrival) where granted_at is null;

-- Serves the list of holders.
create index slot_granted on slot (pool, arrival) where granted_at is not null;

create table log (
  run integer not null references run (number),
  seq integer not null,
  key text not null,
  attempt integer not null,
  at integer not null,
  level text not null,
  text text not null
) strict;

-- Serves reading, deleting the oldest, and prune.
create unique index log_by_run on log (run, seq);

create table log_head (
  run integer not null primary key references run (number),
  length integer not null,
  said integer not null
) strict, without rowid;
`;
