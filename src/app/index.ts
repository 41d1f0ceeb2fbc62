/** Tutti put together: stores, engine and definitions behind one client. The front door for http, the command line and users. */
export { LocalClient } from './local-client.ts';
export { toDefinitions, type AnyDefinition } from './registry.ts';
export { createTutti, type Tutti, type TuttiOptions } from './create-app.ts';
export type {
  ApprovalView,
  Client,
  DefinitionView,
  EngineStatus,
  EntryView,
  LogQuery,
  LogView,
  RunDetail,
  RunOutcome,
  RunQuery,
  RunView,
  StartOptions,
  WaitView,
} from './client.ts';
