import type { Definition } from './definition.ts';
import { isPayloadReference } from './model/payload.ts';
import type { MessageRecord } from './model/message.ts';
import type { RunRecord } from './model/run.ts';
import type { WaitRecord } from './model/wait.ts';
import type { Payloads } from './payloads.ts';
import type { ClaimedRun, Store } from './ports/store.ts';
import { receiveMessage, type ReceivedMessage } from './received-message.ts';
import { emptyScript, ReplayScript } from './replay-script.ts';

/** What a claim, or a fresh start, gives. Payloads of the journal are at hand as texts. */
export interface RunMaterial {
  readonly record: RunRecord;
  readonly definition: Definition;
  readonly input: string;
  readonly script: ReplayScript;
  readonly journalLength: number;
  readonly texts: ReadonlyMap<number, string>;
  readonly inbox: readonly ReceivedMessage[];
  readonly waits: readonly WaitRecord[];
}

const noTexts: ReadonlyMap<number, string> = new Map();

/** What a run that was just started needs; at once if its input lies in the store itself. */
export function freshMaterial(record: RunRecord, definition: Definition, input: string): RunMaterial {
  return {
    record,
    definition,
    input,
    script: emptyScript,
    journalLength: 0,
    texts: noTexts,
    inbox: [],
    waits: [],
  };
}

/**
 * What a claimed run needs, with everything that lies in the payload store fetched: replay itself never waits for I/O.
 * @throws TUTTI_STORE_FAILED when a payload is missing.
 */
export async function claimedMaterial(
  claimed: ClaimedRun,
  definition: Definition,
  store: Store,
  payloads: Payloads,
): Promise<RunMaterial> {
  const texts = new Map<number, string>();
  for (const { seq, payload } of claimed.journal) {
    if (payload !== null && isPayloadReference(payload)) texts.set(seq, await payloads.text(payload));
  }
  const { run, journal, waits } = claimed;
  return {
    record: run,
    definition,
    input: payloads.textNow(run.input) ?? (await payloads.text(run.input)),
    script: new ReplayScript(journal),
    journalLength: (journal.at(-1)?.seq ?? -1) + 1,
    texts,
    inbox: await receiveAll(claimed.inbox, store, payloads),
    waits,
  };
}

async function receiveAll(
  inbox: readonly MessageRecord[],
  store: Store,
  payloads: Payloads,
): Promise<RunMaterial['inbox']> {
  const received = [];
  for (const message of inbox) received.push(await receiveMessage(message, store, payloads));
  return received;
}
