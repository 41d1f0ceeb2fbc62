import type { Pipeline } from './pipeline.ts';

/** A workflow as pipelines see it; peers do not import each other, and the engine finds it by its name. */
interface CallableWorkflow<I, O> {
  readonly type: 'workflow';
  readonly name: string;
  code(context: never, input: I): Promise<O>;
}

/** What `p.call` can run: a pipeline, a workflow, or the name of either. */
export type Callee<I, O> = Pipeline<I, O> | CallableWorkflow<I, O> | string;
