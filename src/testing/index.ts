/** The test kit, published as `tutti/testing`. */
export { seededRandom } from '../base/random.ts';
export {
  crashTest,
  type CrashProcess,
  type CrashReport,
  type CrashTestOptions,
  type LoadDefinition,
  type LoadedCode,
} from './crash-test.ts';
export type { CrashFinding } from './crash-findings.ts';
export type { CrashPoint } from './crash-point.ts';
export type { CrashReply, EventReply, SignalReply } from './crash-replies.ts';
export { effectLog, type Effect, type EffectLog } from './effect-log.ts';
export { createTestTutti } from './create-test-tutti.ts';
export type {
  HandlerMock,
  HandlerMockBody,
  HandlerMockCall,
  HandlerMockOptions,
  HandlerMockRecord,
} from './handler-mocks.ts';
export type {
  StepMock,
  StepMockBody,
  StepMockCall,
  StepMockOptions,
  StepMockRecord,
  WorkflowMock,
  WorkflowMockRecord,
} from './mocks.ts';
export type {
  NamedDefinition,
  NamedTopic,
  ParkedEvents,
  PlannedAnswer,
  RunReference,
  Startable,
  SubscriptionReference,
  TestRun,
  TestTutti,
  TestTuttiOptions,
} from './test-tutti.ts';
export { VirtualClock, virtualStart } from './virtual-clock.ts';
export {
  drawsPerOperation,
  dumpStore,
  runRandomOperations,
  storeConformance,
  type Answer,
  type Expectation,
  type OpenedStore,
  type OpenStore,
  type OperationCode,
  type PartitionDump,
  type PoolDump,
  type RunDump,
  type SpaceDump,
  type StoreDump,
  type TestApi,
  type WithPayloadText,
} from './store-conformance/index.ts';
export {
  checkLog,
  type LogAnomaly,
  type LogHistory,
  type PublishSeen,
  type ReaderSeen,
  type RecordSeen,
} from './log-checker.ts';
