/**
 * Schema version 5: the order in which waits for events were stored. This text is the specification of it; see 0001 for the rest.
 *
 * wait      gains `arrival`: for a wait of kind `event` a number from the sequence `wait`, given when it is inserted or replaced;
 *           null for every other kind. A reader that knows all waits up to a number reads on behind it, however many there are.
 * counter   gains the sequence `wait`.
 */
export const eventWaitArrivalsSchema: string = `
alter table wait add column arrival integer;

with ranked as (
  select run, key, row_number() over (order by since, run, key) as place from wait where kind = 'event'
)
update wait set arrival = (select place from ranked where ranked.run = wait.run and ranked.key = wait.key)
where kind = 'event';

insert into counter (name, value) select 'wait', coalesce(max(arrival), 0) from wait;

-- Serves the list of new waits. Other kinds pay nothing for it.
create index wait_for_event on wait (arrival) where kind = 'event';
`;
