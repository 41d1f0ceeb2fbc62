/**
 * Schema version 2: cells. This text is the specification of what they keep; see 0001 for everything else.
 *
 * cell      one row per small durable value that belongs to no run: a schedule's next time, a subscription's position.
 *             (none) → written → ... → deleted   commits of anyone, plainly (the last write counts) or in a guarded group,
 *                                                which is applied only if the cells it names have the versions it names
 *           `version` comes from the sequence `cell`, one number per write over all cells, so that no version is ever given
 *           twice: a cell that was deleted and written again is told apart from the one before. `prune` leaves cells alone.
 * counter   gains the sequence `cell`.
 */
export const cellsSlotsLogsSchema: string = `
insert into counter (name, value) values ('cell', 0);

-- In the order of their keys within a space, which is how they are listed.
create table cell (
  space text not null,
  key text not null,
  value any not null,
  version integer not null,
  primary key (space, key)
) strict, without rowid;
`;
