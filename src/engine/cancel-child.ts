import { decodeValue, encodeValue } from '../base/codec.ts';
import type { RunNumber, RunRecord } from './model/run.ts';
import type { WaitRecord } from './model/wait.ts';
import type { RunServices } from './operations/run-services.ts';
import { untilStored } from './until-stored.ts';

/** The run whose child is no longer wanted. */
export interface ParentRun {
  readonly record: RunRecord;
  readonly services: RunServices;
}

/**
 * Asks a child run to cancel. `child`: its number, if this worker started it; else it is looked up by its id, and a run of
 * that id which is not this parent's child is left alone.
 */
export function cancelChild(parent: ParentRun, childId: string, child: RunNumber | null): void {
  const { store, queue, clock, nudge } = parent.services;
  const send = (run: RunNumber): void => {
    const reason = encodeValue(`its parent ${parent.record.id} waits for it no longer`, 'a reason');
    queue.send({ run, kind: 'cancel', name: 'cancel', at: clock.now(), payload: reason }, nudge);
  };
  if (child !== null) return send(child);
  const look = (): Promise<RunRecord | null> => store.findRun(childId);
  void untilStored(clock, look, () => true).then((found) => {
    if (found?.parent?.run === parent.record.number) send(found.number);
  });
}

/** Cancels the child of a stored wait that the code no longer asks for. */
export function cancelOrphan(parent: ParentRun, wait: WaitRecord): void {
  const text = wait.detail === null ? null : parent.services.payloads.textNow(wait.detail);
  if (text !== null) cancelChild(parent, String(decodeValue(text)), null);
}
