/** Stateful workflows: durable async functions. The front door for the layers above. */
export { isWorkflow, workflow, type WorkflowOptions } from './define-workflow.ts';
export { installGuard, outsideOfWorkflow } from './determinism.ts';
export { signal, type SignalDefinition } from './signal.ts';
export { workflowDefinition } from './workflow-definition.ts';
export type {
  Answer,
  AskOptions,
  ChildOptions,
  ConcurrencyOptions,
  Alternatives,
  AwaitedEvent,
  AwaitedEvents,
  AwaitedTopic,
  EventWaitOptions,
  FirstEvent,
  RunInterval,
  ScopeOptions,
  StartedChild,
  StepContext,
  StepOptions,
  WaitOptions,
  Workflow,
  WorkflowCode,
  WorkflowContext,
} from './workflow-context.ts';
