/**
 * The public interface of `tutti`. Names are listed one by one; test/house/public-api.json is their checked-in list.
 */
export { asset, createTutti } from './app/index.ts';
export type {
  ApprovalView,
  BackfillOptions,
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
  Tutti,
  TuttiOptions,
  WaitView,
} from './app/index.ts';
export type { Clock, TimerHandle } from './base/clock.ts';
export type { Duration, DurationText } from './base/duration.ts';
export type { ErrorCode } from './base/error-codes.ts';
export type { ErrorRecord } from './base/error-record.ts';
export type { Logger } from './base/logger.ts';
export type { Random } from './base/random.ts';
export { NonRetryableError, RetryAfterError } from './base/retry-errors.ts';
export type { RetryPolicy } from './base/retry-policy.ts';
export type { InferInput, InferOutput, StandardSchema } from './base/standard-schema.ts';
export { isTuttiError, TuttiError } from './base/tutti-error.ts';
export type { Asset, AssetCondition, Partitioning, RunState, RunTrigger, Schedule } from './engine/index.ts';
export {
  email,
  fileTarget,
  http,
  jsonFile,
  mockTasks,
  pipeline,
  shell,
  sql,
  webhook,
} from './pipelines/index.ts';
export type {
  AssetTarget,
  FileTarget,
  MadeAsset,
  MailTransport,
  Notification,
  Outcome,
  Pipeline,
  PipelineBuilder,
  PipelineOptions,
  Presence,
  Ref,
  RunEvent,
  SqlConnection,
  SqlRow,
  Target,
  TaskContext,
  TaskMock,
  TaskOptions,
  Written,
} from './pipelines/index.ts';
export {
  event,
  incomingWebhook,
  outgoingWebhook,
  PatternIndex,
  parsePattern,
  topic,
} from './events/index.ts';
export type {
  BatchContext,
  Catalogue,
  CatalogueCheck,
  Compatibility,
  DeadLetter,
  EventArrival,
  EventDefinition,
  EventOf,
  EventOptions,
  Explanation,
  HandlerContext,
  HmacScheme,
  IncomingWebhook,
  IncomingWebhookOptions,
  NewEvent,
  OutgoingWebhookOptions,
  Pattern,
  PatternOf,
  Published,
  PublishedEvent,
  PublishOptions,
  Subscription,
  SubscriptionOptions,
  Topic,
  TopicOptions,
  Transform,
  WebhookMessage,
  WebhookRequest,
  WebhookVerification,
} from './events/index.ts';
export { all, any, calendar, cron, dates, every, partitions, updated } from './schedules/index.ts';
export type {
  AssetOptions,
  AssetView,
  BackfillRecord,
  CalendarOptions,
  CronOptions,
  EveryOptions,
  LineageEvent,
  PlannedRun,
  ScheduleOptions,
  ScheduleView,
} from './schedules/index.ts';
export { signal, workflow } from './workflows/index.ts';
export type {
  EventWaitOptions,
  FirstEvent,
  RunInterval,
  SignalDefinition,
  StepContext,
  StepOptions,
  Workflow,
  WorkflowContext,
  WorkflowOptions,
} from './workflows/index.ts';
