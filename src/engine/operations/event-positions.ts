import type { EventPlace, WantedEvent } from '../model/event-wait.ts';
import type { PartitionName } from '../model/topic.ts';
import type { OperationHost } from './operation.ts';

/** A wait for an event, as the search for its first offsets needs it. */
export interface PositionedWait {
  /** Key of the waiting operation. */
  readonly key: string;
  readonly wanted: WantedEvent;
  /** Events that the run was given before by waits for the same. */
  readonly behind: readonly EventPlace[];
}

/**
 * By partition, the offset of the first event that counts: where the run started, or right behind what it was given before.
 * @throws TUTTI_STORE_*
 */
export async function findEventPositions(
  host: OperationHost,
  { key, wanted, behind }: PositionedWait,
): Promise<readonly number[]> {
  const { topic, partitions } = wanted;
  const from: number[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    const start = await startPosition(host, key, { topic, partition });
    const passed = behind.filter((place) => place.topic === topic && place.partition === partition);
    from.push(Math.max(start, ...passed.map(({ offset }) => offset + 1)));
  }
  return from;
}

/** Where the run started, as a position of the log: behind the event that started it, else by the time. */
async function startPosition(host: OperationHost, key: string, name: PartitionName): Promise<number> {
  const { record, trigger, services } = host;
  const cause = trigger?.event;
  if (cause?.topic === name.topic && cause.partition === name.partition) return cause.offset + 1;
  const start = await services.store.findOffset(name, record.createdAt);
  if (start > 0) await tellLoss(host, key, { ...name, start });
  return start;
}

/** Retention stops at what a stored wait needs, and knows nothing of one that is only about to be. */
async function tellLoss(
  host: OperationHost,
  key: string,
  { topic, partition, start }: PartitionName & { readonly start: number },
): Promise<void> {
  const partitions = await host.services.store.listPartitions(topic);
  const found = partitions.find((one) => one.partition === partition);
  if (found === undefined || start > found.startOffset) return;
  const text = `Events of topic "${topic}" before offset ${start} are deleted; some may be younger than this run.`;
  host.log({ key, attempt: 1, level: 'warn', text });
}
