import { encodeValue } from '../base/codec.ts';
import type { Engine, MessageKind, RunRecord, SendResult } from '../engine/index.ts';

/** What a client sends to a run; `value` null for nothing. */
export interface ClientMessage {
  readonly kind: MessageKind;
  readonly name: string;
  readonly value: unknown;
}

/** Stores the value and sends it to the run. Resolves when that is on disk or was refused. @throws TUTTI_VALUE_NOT_STORABLE, TUTTI_STORE_* */
export async function sendMessage(
  engine: Engine,
  run: RunRecord,
  message: ClientMessage,
): Promise<SendResult> {
  const { kind, name, value } = message;
  const what = `the ${kind} for run '${run.id}'`;
  const payload = value === null ? null : await engine.payloads.store(encodeValue(value, what), run.id, what);
  return engine.send({ run: run.number, kind, name, at: engine.clock.now(), payload });
}
