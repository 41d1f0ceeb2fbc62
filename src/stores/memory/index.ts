/** The store in memory: the reference model of the port, for tests, simulation and lab. */
export { createMemoryStore, type MemoryStore } from './memory-store.ts';
export { createMemoryPayloadStore } from './memory-payload-store.ts';
