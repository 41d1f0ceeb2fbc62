/** The durable engine: the front door for the layers above it. */
export * from './model/cell.ts';
export * from './model/run.ts';
export * from './model/journal.ts';
export * from './model/log.ts';
export * from './model/message.ts';
export * from './model/payload.ts';
export * from './model/slot.ts';
export * from './model/wait.ts';
export * from './model/worker.ts';
export * from './ports/store.ts';
export * from './ports/payload-store.ts';
export * from './ports/telemetry.ts';
export * from './cancel-scope.ts';
export * from './definition.ts';
export * from './engine.ts';
export * from './payloads.ts';
export * from './run-handle.ts';
export { createEngine } from './create-engine.ts';
