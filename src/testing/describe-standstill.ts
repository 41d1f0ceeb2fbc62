import type { RunDetail, WaitView } from '../app/index.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Arrival } from './time-skipper.ts';

/** Says why the way through time ended before its goal. */
export function standstill(run: RunDetail, goal: string, arrival: Arrival): TuttiError {
  const { id, definition, state, waits } = run;
  const why = reasonOf(arrival);
  const standing =
    waits.length === 0
      ? `it is ${state}`
      : `it is ${state} and waits for ${waits.map(describeWait).join(', ')}`;
  return new TuttiError(
    'TUTTI_TEST_STUCK',
    `Run "${id}" of "${definition}" never came to ${goal}: ${standing}, and ${why}.`,
    { details: { runId: id, state, waits: waits.map((wait) => wait.key) } },
  );
}

function describeWait({ kind, name, since, deadline }: WaitView): string {
  const until = deadline === null ? '' : ` until ${new Date(deadline).toISOString()}`;
  return `${kind} "${name}" (since ${new Date(since).toISOString()}${until})`;
}

/** Why a way through time went no further. */
export function reasonOf(arrival: Arrival): string {
  return arrival === 'limit'
    ? 'the limit of timers was reached (timersMax); something sets off one after the other'
    : 'nothing that is left would bring it: no timer, no planned signal, no running step';
}
