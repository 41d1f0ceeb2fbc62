/** Tutti put together: stores, engine and definitions behind one client. The front door for http, the command line and users. */
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
