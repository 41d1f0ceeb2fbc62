/**
 * Schema version 3: topics. This text is the specification of what they keep; see 0001 for runs and 0002 for cells.
 *
 * topic_partition  one row per partition, from its first record on. `number` is never reused. Changed in the transaction of
 *                  every append: `next_offset` is where the next record goes.
 * topic_batch      one row per batch: the records that one commit appended to one partition. `id` is
 *                  partition number × 2^39 + base offset, so that the table itself is ordered by partition and offset, an
 *                  append is an append to a B-tree's right edge per partition, and a read is one range. `types` holds one
 *                  bit of 31 for each type of event inside. `bytes` is engine/log/record-batch.ts. Never changed;
 *                  deleted by trimming, exchanged by re-packing and compaction.
 * topic_name       one row per record whose name is remembered to recognise duplicates; dropped some time after `until`.
 * topic_producer   one row per producer and partition: JSON of its newest requests, see stores/producer-state.ts.
 * topic_delayed    one row per record that waits for its time; deleted by the transaction that appends it.
 */
export const topicsSchema: string = `
create table topic_partition (
  number integer primary key,
  topic text not null,
  partition integer not null,
  start_offset integer not null,
  next_offset integer not null,
  unique (topic, partition)
) strict;

create table topic_batch (
  id integer primary key,
  partition integer not null,
  last_offset integer not null,
  appended_at integer not null,
  count integer not null,
  types integer not null,
  bytes blob not null
) strict;

-- Serves the seek by time, and retention by age.
create index topic_batch_by_time on topic_batch (partition, appended_at);

create table topic_name (
  partition integer not null,
  name text not null,
  position integer not null,
  until integer not null,
  primary key (partition, name)
) strict, without rowid;

-- Serves forgetting.
create index topic_name_until on topic_name (until);

create table topic_producer (
  partition integer not null,
  producer text not null,
  state text not null,
  primary key (partition, producer)
) strict, without rowid;

create table topic_delayed (
  id integer primary key,
  topic text not null,
  partition integer not null,
  due integer not null,
  name text,
  name_for integer,
  bytes blob not null
) strict;

-- Serves the release, and the next wake-up.
create index topic_delayed_due on topic_delayed (due);
`;
