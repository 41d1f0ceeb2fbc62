import { TuttiError } from '../../base/tutti-error.ts';

/** The reason of a handler's signal when its partition is another's now. */
export function takenOver(): TuttiError {
  return new TuttiError('TUTTI_ENGINE_STOPPED', 'Another worker goes on with this partition.');
}

/** The reason of a handler's signal when a later event called its event off. */
export function canceledByLater(): TuttiError {
  return new TuttiError('TUTTI_REQUEST_REFUSED', 'The event was canceled by a later one.');
}
