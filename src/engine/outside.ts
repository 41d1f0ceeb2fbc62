import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Runs a function outside of whatever async context surrounds the call. The engine's own work (commits, deliveries, timers)
 * is often set off from inside workflow code; without this it would inherit that run's context and be taken for its code.
 */
export const outside: <R>(work: () => R) => R = AsyncLocalStorage.snapshot();
