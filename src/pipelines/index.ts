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
export { email, type EmailOptions, type MailTransport } from './kinds/email.ts';
export { fileTarget, type FileTarget } from './kinds/file-target.ts';
export { http, type HttpOptions, type HttpRequest } from './kinds/http.ts';
export { shell, type ShellCommand, type ShellOptions } from './kinds/shell.ts';
export { sql, type SqlConnection, type SqlRow, type SqlStatement } from './kinds/sql.ts';
export { webhook } from './kinds/webhook.ts';
export type { Notification } from './notification.ts';
export type { RunEvent } from './run-event.ts';
