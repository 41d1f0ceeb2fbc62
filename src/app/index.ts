/** Tutti put together: stores, engine and definitions behind one client. The front door for http, the command line and users. */
export { createLocalClient } from './local-client.ts';
export { toDefinitions, topicsOf, type AnyDefinition } from './registry.ts';
export type { CloudEventFeed, EventGateway, FollowRequest } from './event-gateway.ts';
export { asset } from './define-asset.ts';
export { createTutti, type Tutti, type TuttiOptions } from './create-app.ts';
export type {
  ApprovalView,
  ClearRequest,
  ClearView,
  Client,
  DefinitionView,
  EngineStatus,
  EntryView,
  MarkRequest,
  LogQuery,
  LogView,
  RunDetail,
  RunOutcome,
  RunQuery,
  StartOptions,
  TasksView,
  WaitView,
} from './client.ts';
export type { CancelingEvent } from './canceling-events.ts';
export type { RunView } from './run-view.ts';
export type { AssetClient } from './asset-client.ts';
export type {
  ArchiveChunk,
  ArchiveLines,
  ArchiveQuery,
  DeadLetterRequest,
  RedriveRequest,
  ReplayRequest,
  Catalogue,
  EventQuery,
  EventRequest,
  TopicClient,
} from './topic-client.ts';
export type { BackfillDateView, BackfillOptions, ScheduleClient, TriggerOptions } from './schedule-client.ts';
