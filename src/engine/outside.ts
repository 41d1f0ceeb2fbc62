import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs a function outside of whatever async context surrounds the call. The engine's own work (commits, deliveries, timers)
 * is often set off from inside workflow code; without this it would inherit that run's context and be taken for its code.
 */
export const outside: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();

// Taken at load: the guard replaces the global inside workflow code, and the engine's work is often set off there.
// This is no time of the clock's: it lets the current turn of the event loop finish, which gathers what happens in it.
// oxlint-disable-next-line no-restricted-globals -- see above
const defer = setImmediate;

/** Calls back in the next turn of the event loop, outside of any async context. */
export function afterThisTurn(work: () => void): void {
  outside(() => defer(work));
}
