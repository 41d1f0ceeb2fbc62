/** Pipelines: typed graphs of tasks. The front door for the layers above. */
export { pipeline, type PipelineBuild, type PipelineOptions } from './define-pipeline.ts';
export { isPipeline, type Pipeline } from './pipeline.ts';
export { pipelineDefinition } from './pipeline-definition.ts';
export { packInput, unpackInput, type Mark, type RunInput } from './run-input.ts';
export type { Outcome } from './outcome.ts';
export type { Presence, Ref } from './ref.ts';
export type { PipelineBuilder } from './pipeline-builder.ts';
export type { TaskContext, TaskOptions } from './task-types.ts';
export type { Target } from './target.ts';
export { makeAsset, type MakingOptions } from './assets/make-asset.ts';
export {
  isMadeAsset,
  type AssetDependencies,
  type AssetHandler,
  type AssetInput,
  type AssetInputs,
  type AssetInputsWithTarget,
  type AssetTarget,
  type MadeAsset,
  type NoDependencies,
  type Written,
} from './assets/asset-types.ts';
export { email, type EmailOptions, type MailTransport } from './kinds/email.ts';
export { fileTarget, type FileTarget } from './kinds/file-target.ts';
export { jsonFile } from './kinds/json-file.ts';
export { http, type HttpOptions, type HttpRequest } from './kinds/http.ts';
export { shell, type ShellCommand, type ShellOptions } from './kinds/shell.ts';
export { sql, type SqlConnection, type SqlRow, type SqlStatement } from './kinds/sql.ts';
export { webhook } from './kinds/webhook.ts';
export type { Notification } from './notification.ts';
export type { RunEvent } from './run-event.ts';
export { instanceOf, planClear, type ClearPlan } from './clear-plan.ts';
export { CellPruner } from './cell-pruner.ts';
export { describeGraph, type GraphView, type NodeView } from './graph-view.ts';
export { isPipelineDefinition, pipelineVersion, type PipelineDefinition } from './pipeline-definition.ts';
export { viewRun, type TaskSummary } from './run-view.ts';
export type { NodeState } from './scope-run.ts';
export { selectedIds, selectTasks } from './task-selection.ts';
export { mockTasks, type TaskMock } from './mock-tasks.ts';
