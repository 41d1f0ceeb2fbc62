import { readEventWait, type Payloads, type WaitRecord } from '../../engine/index.ts';
import { parsePattern } from '../pattern/parse-pattern.ts';
import type { Pattern } from '../pattern/pattern.ts';

/** A run's wait for an event, as the store has it. */
export interface OpenWait {
  /** Tells it from every other wait. */
  readonly id: string;
  readonly run: number;
  /** Key of the waiting operation. */
  readonly key: string;
  readonly topic: string;
  readonly type: string;
  /** Null: every event of the type. */
  readonly pattern: Pattern | null;
  /** By partition: the offset of the first event that counts. */
  readonly from: readonly number[];
  /** The event cancels the run. */
  readonly cancels: boolean;
}

/** Tells waits apart: a run has one per key. */
export function waitId({ run, key }: { readonly run: number; readonly key: string }): string {
  return `${run}/${key}`;
}

/** What the row of a wait says; null when it says nothing that can be matched. @throws TUTTI_PATTERN_INVALID */
export function openWait(record: WaitRecord, payloads: Payloads): OpenWait | null {
  const text = record.detail === null ? null : payloads.textNow(record.detail);
  if (text === null) return null;
  const { topic, type, where, from, cancels = false } = readEventWait(text);
  const { run, key } = record;
  const pattern = where === null ? null : parsePattern(where, `the wait for "${record.name}"`);
  return { id: waitId(record), run, key, topic, type, pattern, from, cancels };
}
