/** Events: topics, subscriptions and routing by content on a durable log. The front door for the layers above. */
export { event, isEventDefinition } from './model/event.ts';
export type {
  EventAttributes,
  EventDefinition,
  EventOptions,
  NewEvent,
  PublishedEvent,
  Upcaster,
} from './model/event.ts';
export type { RetainOptions, TopicOptions } from './model/resolve-topic.ts';
export type { BatchOptions } from './model/resolve-flow.ts';
export type { SubscriptionSettings } from './model/resolve-subscription.ts';
export type {
  AnyEvent,
  CancelOn,
  ConcurrencyLimit,
  DebounceOptions,
  EventOf,
  NewEventOf,
  RateOptions,
  SingletonOptions,
  StartPosition,
  SubscriptionOptions,
} from './model/subscription.ts';
export { Subscription, type DeadLetters } from './model/subscription-value.ts';
export { isTopic, topic, type Topic } from './model/topic.ts';
export type { ArrivalOptions, EventArrival } from './model/event-arrival.ts';
export type {
  PartitionStatus,
  ReplayOptions,
  ReplayView,
  SeekPosition,
  SeekReport,
} from './model/topic-runtime.ts';
export type { TopicSettings } from './model/topic-settings.ts';
export type { CursorRecord } from './consume/cursor.ts';
export type {
  BatchContext,
  BatchHandler,
  EventHandler,
  HandlerContext,
  KeyedState,
  TopicReference,
} from './consume/handler-context.ts';
export type {
  DeadLetter,
  DeadLetterQuery,
  RedriveOptions,
  RedriveReport,
} from './dead-letters/dead-letter.ts';
export {
  intervalOf,
  type RedriveEntry,
  type RedriveJob,
  type RedriveView,
} from './dead-letters/redrive-job.ts';
export type { Compatibility } from './model/compatibility.ts';
export { readCatalogue, type Catalogue } from './registry/catalogue.ts';
export {
  checkCatalogue,
  type CatalogueCheck,
  type EventCheck,
  type SchemaCheck,
} from './registry/check-event.ts';
export { declaredCatalogue } from './registry/declared-catalogue.ts';
export { findConsumer } from './browse/find-consumer.ts';
export { asyncApiDocument } from './async-api/async-api-document.ts';
export { TopicFollower } from './browse/topic-follower.ts';
export { fromCloudEvent, toCloudEvent, type CloudEvent } from './cloud-events/cloud-event.ts';
export type {
  ArchiveChunk,
  ArchiveLines,
  BadLine,
  CheckedLines,
  ImportedChunk,
  ImportOptions,
} from './archive/archive-chunk.ts';
export { ArchiveExport, type ArchiveSource, type ExportReport } from './archive/export-archive.ts';
export { ArchiveImport } from './archive/archive-import.ts';
export type { ArchivePage, ArchiveQuery } from './archive/archive-page.ts';
export {
  compressionOfBytes,
  compressionOfName,
  compressor,
  decompressor,
  magicBytes,
} from './archive/compression.ts';
export {
  checkArchive,
  publishArchive,
  type ArchiveToImport,
  type CheckedArchive,
  type ImportReport,
  type ImportSteps,
} from './archive/import-archive.ts';
export { linesOf } from './archive/lines-of.ts';
export { Pace } from './archive/pace.ts';
export { readArchivePage } from './archive/read-archive-page.ts';
export { publishGroup } from './publish/publish-group.ts';
export {
  incomingWebhook,
  IncomingWebhook,
  isIncomingWebhook,
  type IncomingWebhookOptions,
  type WebhookMessage,
} from './webhooks/incoming-webhook.ts';
export { outgoingWebhook, type OutgoingWebhookOptions } from './webhooks/outgoing-webhook.ts';
export type { HmacScheme, WebhookRequest, WebhookVerification } from './webhooks/verify-webhook.ts';
export { parsePosition } from './browse/parse-position.ts';
export { TopicBrowser } from './browse/topic-browser.ts';
export {
  declaredEdges,
  findCycles,
  observedEdges,
  type EmitCycle,
  type TopologyEdge,
  type TopologyView,
} from './browse/topology.ts';
export type {
  ConsumerPartition,
  ConsumerView,
  DeadLetterGroup,
  EventPage,
  EventQuery,
  PartitionView,
  TopicView,
} from './browse/views.ts';
export { explainPattern, type Explanation, type Mismatch } from './pattern/explain-pattern.ts';
export { matchesPattern } from './pattern/match-pattern.ts';
export { parsePattern } from './pattern/parse-pattern.ts';
export { parsePatternText } from './pattern/parse-pattern-text.ts';
export { PatternIndex } from './pattern/pattern-index.ts';
export type { PatternOf } from '../engine/index.ts';
export type { Pattern } from './pattern/pattern.ts';
export type { Published, PublishOptions } from './publish/publish-options.ts';
export { roleOf } from './runtime/consumer-group.ts';
export { EventsRuntime, subscriptionsOf } from './runtime/events-runtime.ts';
export { topicRole } from './waits/wait-matcher.ts';
export { parseTransform, type Transform } from './transform/transform.ts';
