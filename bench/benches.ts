import type { Bench } from './bench.ts';
import { historyGrowth } from './engine/history-growth.ts';
import { recovery } from './engine/recovery.ts';
import { replay } from './engine/replay.ts';
import { sequential, start } from './engine/sequential.ts';
import { sleeping } from './engine/sleeping.ts';
import { steps } from './engine/steps.ts';
import { pipelineBenches } from './pipelines/pipelines.ts';
import { consume, endToEnd } from './events/consume.ts';
import { fraud } from './events/fraud.ts';
import { manyTopics } from './events/many-topics.ts';
import { match } from './events/match.ts';
import { publish } from './events/publish.ts';
import { upkeep } from './events/upkeep.ts';

/** Every bench, in the order in which all of them run. */
export const benches: readonly Bench[] = [
  steps,
  sequential,
  start,
  replay,
  historyGrowth,
  recovery,
  sleeping,
  ...pipelineBenches,
  publish,
  consume,
  endToEnd,
  manyTopics,
  match,
  fraud,
  upkeep,
];
