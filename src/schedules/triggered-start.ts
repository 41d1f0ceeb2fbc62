import {
  encodeRunInput,
  nobody,
  type Definition,
  type Engine,
  type IdConflict,
  type RunStart,
  type RunTrigger,
} from '../engine/index.ts';

/** A run to be started by something else than a plain request. */
export interface TriggeredStart {
  readonly id: string;
  readonly definition: Definition;
  /** Not checked yet. */
  readonly input: unknown;
  readonly trigger: RunTrigger;
  readonly onConflict: IdConflict;
  /** When it becomes claimable; 0 at once, `neverWakes` only through a message. */
  readonly wakeAt: number;
}

/**
 * The start as the engine takes it: input checked and stored, trigger attached. Nothing is started yet.
 * @throws TUTTI_INPUT_INVALID, TUTTI_VALUE_NOT_STORABLE, TUTTI_PAYLOAD_TOO_LARGE
 */
export async function triggeredStart(engine: Engine, start: TriggeredStart): Promise<RunStart> {
  const { id, definition, trigger, onConflict, wakeAt } = start;
  const input = await definition.acceptInput(start.input);
  const what = `the input of run '${id}'`;
  const now = engine.clock.now();
  return {
    id,
    kind: definition.kind,
    definition: definition.name,
    version: definition.version,
    input: await engine.payloads.store(encodeRunInput({ input, trigger }, what), id, what),
    seed: engine.random.uint32(),
    at: now,
    owner: nobody,
    wakeAt,
    // A run that lies waiting for its turn must not time out before it began.
    deadlineAt: definition.timeoutMs === null || wakeAt > now ? null : now + definition.timeoutMs,
    parent: null,
    onConflict,
  };
}
