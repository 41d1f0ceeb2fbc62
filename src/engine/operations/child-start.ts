import { TuttiError } from '../../base/tutti-error.ts';
import type { Cause } from '../model/cause.ts';
import { nobody } from '../model/run.ts';
import type { RunStart } from '../ports/store.ts';
import type { ChildRequest } from '../run-handle.ts';
import { encodeRunInput } from '../run-input.ts';
import { untilStored } from '../until-stored.ts';
import type { Operation } from './operation.ts';

/** The id a child gets: the one chosen, or one that follows from the parent and the operation, hence the same in every replay. */
export function childId(operation: Operation, request: ChildRequest): string {
  if (request.id !== null) return request.id;
  const { id, generation } = operation.host.record;
  const parent = generation === 1 ? id : `${id}@${generation}`;
  const { scope, name, occurrence } = operation.identity;
  return `${parent}/${scope === '' ? '' : `${scope}/`}${name}#${occurrence}`;
}

/**
 * What is written to start a child run, which follows from `cause`.
 * @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_INPUT_INVALID, TUTTI_VALUE_NOT_STORABLE, TUTTI_PAYLOAD_TOO_LARGE
 */
export async function prepareChild(
  operation: Operation,
  request: ChildRequest,
  cause: Cause,
): Promise<RunStart> {
  const { services, record } = operation.host;
  const definition = services.findDefinition(request.name);
  if (definition === undefined) {
    throw new TuttiError(
      'TUTTI_DEFINITION_NOT_FOUND',
      `Run "${record.id}" wanted to start "${request.name}", but this engine has no definition of that name.`,
      { details: { runId: record.id, definition: request.name } },
    );
  }
  const id = childId(operation, request);
  const what = `the input of "${request.name}" (run "${id}")`;
  const input = await definition.acceptInput(request.input);
  const text = encodeRunInput({ input, trigger: null, cause, cancelOn: request.cancelOn ?? [] }, what);
  const now = services.clock.now();
  const timeoutMs = request.timeoutMs ?? definition.timeoutMs;
  return {
    id,
    kind: definition.kind,
    definition: definition.name,
    version: definition.version,
    input: await untilStored(
      services.clock,
      () => services.payloads.store(text, id, what),
      () => operation.state === 'pending',
    ),
    seed: services.random.uint32(),
    at: now,
    owner: nobody,
    wakeAt: 0,
    deadlineAt: timeoutMs === null ? null : now + timeoutMs,
    parent: { run: record.number, operation: operation.identity.key },
    onConflict: request.onConflict,
  };
}
