/** The test kit, published as `tutti/testing`. */
export { seededRandom } from '../base/random.ts';
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
