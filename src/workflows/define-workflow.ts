import { parseDuration, type Duration } from '../base/duration.ts';
import type { StandardSchema } from '../base/standard-schema.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { Asset, AssetCondition, AssetUse, EventSource, Schedule } from '../engine/index.ts';
import type { SignalDefinition } from './signal.ts';
import { findUnnamedStep } from './unnamed-step.ts';
import type { Workflow, WorkflowCode } from './workflow-context.ts';

/** What can be said of a workflow beside its name and code. */
export interface WorkflowOptions<I> {
  /** Standard Schema of the input, checked before a run is started. Default: anything storable. */
  readonly input?: StandardSchema<unknown, I>;
  /** How long a run may take from its start, waits included; then it ends with TUTTI_RUN_TIMEOUT. Default: no limit. */
  readonly timeout?: Duration;
  /** Name of this state of the code; runs record the one they began with. Default '1'. */
  readonly version?: string;
  /** Signals the runs accept; others are refused with TUTTI_SIGNAL_UNKNOWN. Default: any. */
  readonly signals?: readonly SignalDefinition<unknown>[];
  /**
   * `strict`: a run goes on only after its last completion is on disk. `batched`: it goes on at once and the disk follows
   * within the same group commit; after a crash, steps of the last moment run again. Default `strict`.
   */
  readonly durability?: 'strict' | 'batched';
  /** When runs start by themselves: one of `cron`, `every`, `calendar`, `dates`, or a named one of each. Default: never. */
  readonly schedule?: Schedule<NoInfer<I>> | readonly Schedule<NoInfer<I>>[];
  /**
   * Events that cancel a run, as a topic's `arrival` says them: `orders.arrival(OrderCanceled, { where: (input) => … })`. Each one counts
   * that was published since the run started, also while no worker was at work. The run is asked to cancel as a person would, and
   * may clean up first. Default: none.
   */
  readonly cancelOn?: EventSource<NoInfer<I>> | readonly EventSource<NoInfer<I>>[];
  /** Assets that are updated when a run completes. Default: none. */
  readonly produces?: readonly Asset[];
  /** Assets that the runs read; for lineage. Those of `startWhen` count without being named. Default: none. */
  readonly consumes?: readonly Asset[];
  /** Starts a run, without input, when assets were updated: an asset, or `any` and `all` of assets and schedules. Default: never. */
  readonly startWhen?: AssetCondition;
  /** Which partition a run made. Default: that of its trigger, or the one its interval begins in. */
  readonly partitionOf?: (run: { readonly input: unknown; readonly output: unknown }) => string;
}

/**
 * Declares a durable workflow.
 *
 * @example
 * export const greet = workflow('greet', async (ctx, name: string) => {
 *   const text = await ctx.step('compose', () => `Hello, ${name}`);
 *   await ctx.sleep('1d');
 *   return text;
 * });
 * @throws TUTTI_DEFINITION_INVALID for an empty name or a missing function, TUTTI_STEP_NAME_MISSING for a step that
 *   plainly has none, TUTTI_OPTION_UNKNOWN, TUTTI_DURATION_INVALID.
 */
export function workflow<I, O>(name: string, code: WorkflowCode<I, O>): Workflow<I, O>;
export function workflow<I, O>(
  name: string,
  options: WorkflowOptions<I>,
  code: WorkflowCode<I, O>,
): Workflow<I, O>;
export function workflow<I, O>(
  name: string,
  optionsOrCode: WorkflowOptions<I> | WorkflowCode<I, O>,
  maybeCode?: WorkflowCode<I, O>,
): Workflow<I, O> {
  const options = typeof optionsOrCode === 'function' ? {} : optionsOrCode;
  const code = typeof optionsOrCode === 'function' ? optionsOrCode : maybeCode;
  if (typeof name !== 'string' || name.trim() === '') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      'A workflow was declared without a name; expected workflow(name, code).',
    );
  }
  if (typeof code !== 'function') {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Workflow "${name}" was declared without code; expected an async function as the last argument.`,
    );
  }
  const unnamed = findUnnamedStep(code);
  if (unnamed !== null) {
    throw new TuttiError(
      'TUTTI_STEP_NAME_MISSING',
      `Workflow "${name}" has a step without a name: ${unnamed}. Expected a text before the function, such as ctx.step('charge card', ...).`,
    );
  }
  refuseUnknownOptions(
    options,
    [
      ...['input', 'timeout', 'version', 'signals', 'durability', 'schedule', 'cancelOn'],
      ...['produces', 'consumes', 'startWhen', 'partitionOf'],
    ],
    `workflow "${name}"`,
  );
  return {
    type: 'workflow',
    name,
    version: options.version ?? '1',
    input: options.input,
    timeoutMs:
      options.timeout === undefined ? null : parseDuration(options.timeout, `timeout of workflow "${name}"`),
    signals: options.signals,
    durability: options.durability ?? 'strict',
    schedules: [options.schedule ?? []].flat(),
    cancelOn: [options.cancelOn ?? []].flat(),
    assets: assetsOf(options),
    code,
  };
}

function assetsOf<I>(options: WorkflowOptions<I>): AssetUse {
  const { produces = [], consumes = [], startWhen = null, partitionOf = null } = options;
  return { produces, consumes, when: startWhen, partitionOf };
}

/** Whether a value (for example an export of a module) is a workflow definition. */
export function isWorkflow(value: unknown): value is Workflow {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'workflow' &&
    'code' in value
  );
}
