import { nearestName } from './nearest.ts';
import { TuttiError } from './tutti-error.ts';

/**
 * Refuses options nobody reads: a misspelt `retires` must not silently mean "no retries".
 * `what` names the receiver in the error, for instance `"step 'pay'"`.
 *
 * @throws TUTTI_OPTION_UNKNOWN for the first unknown key, with the nearest known one.
 */
export function refuseUnknownOptions(given: object, known: readonly string[], what: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? `it takes ${listNames(known)}` : `did you mean '${nearest}'?`;
    throw new TuttiError('TUTTI_OPTION_UNKNOWN', `${what} has no option '${name}'; ${hint}`, {
      details: { option: name, known, ...(nearest === undefined ? {} : { nearest }) },
    });
  }
}

function listNames(names: readonly string[]): string {
  return names.length === 0 ? 'no options' : names.map((name) => `'${name}'`).join(', ');
}
