import type { PartitionName } from '../../engine/index.ts';

/**
 * The topic through which dead letters of one cursor go to that cursor again, and to no other: those of the live
 * subscription, or those of a replay. The name is that of `cursorNameOf`.
 */
export function redriveTopic(topic: string, cursorName: string): string {
  return `redrive:${topic}/${cursorName}`;
}

/** The log that the cursor of this key reads; see `cursorKey`. */
export function cursorLog(key: string): PartitionName {
  const [topic = '', cursorName = '', partition = '0'] = key.split('/');
  return partition === 'redrive'
    ? { topic: redriveTopic(topic, cursorName), partition: 0 }
    : { topic, partition: Number(partition) };
}
