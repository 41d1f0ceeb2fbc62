import type { Logger } from '../base/logger.ts';
import { nearestName } from '../base/nearest.ts';
import { describeSchema, validate } from '../base/standard-schema.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Definition, RunHandle } from '../engine/index.ts';
import { Compensations } from './compensations.ts';
import { insideWorkflow } from './determinism.ts';
import { RunContext } from './run-context.ts';
import type { Workflow } from './workflow-context.ts';

/** The engine's form of a workflow. `logger` gets what the code logs, once: not again in replays. */
export function workflowDefinition(workflow: Workflow, options: { readonly logger: Logger }): Definition {
  return {
    kind: 'workflow',
    name: workflow.name,
    version: workflow.version,
    timeoutMs: workflow.timeoutMs,
    durability: workflow.durability,
    execute: (run, input) => insideWorkflow(run, () => execute(workflow, run, input, options.logger)),
    acceptInput: async (input) => {
      if (workflow.input === undefined) return input;
      return validate(workflow.input, input, `the input of workflow "${workflow.name}"`);
    },
    acceptSignal: (name, payload) => acceptSignal(workflow, name, payload),
    inputForm: describeSchema(workflow.input),
    signalNames: workflow.signals?.map((signal) => signal.name) ?? null,
    ...cancellation(workflow),
    schedules: workflow.schedules,
    assets: workflow.assets,
  };
}

function cancellation({ cancelOn }: Workflow): Pick<Definition, 'cancelOn'> {
  return cancelOn.length === 0 ? {} : { cancelOn: (input) => cancelOn.map((source) => source.wanted(input)) };
}

async function execute(workflow: Workflow, run: RunHandle, input: unknown, logger: Logger): Promise<unknown> {
  const compensations = new Compensations();
  const context = RunContext.ofRun(run, logger, compensations);
  try {
    const output = await workflow.code(context, input);
    if (run.root.reason !== null) await context.untilCleanedUp();
    return output;
  } catch (error) {
    await context.untilCleanedUp();
    await context.undo();
    throw error;
  }
}

async function acceptSignal(workflow: Workflow, name: string, payload: unknown): Promise<unknown> {
  if (workflow.signals === undefined) return payload;
  const signal = workflow.signals.find((listed) => listed.name === name);
  if (signal === undefined) {
    const names = workflow.signals.map((listed) => listed.name);
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? `It accepts: ${names.join(', ')}.` : `Did you mean "${nearest}"?`;
    throw new TuttiError(
      'TUTTI_SIGNAL_UNKNOWN',
      `Workflow "${workflow.name}" accepts no signal "${name}". ${hint}`,
      {
        details: { workflow: workflow.name, signal: name },
      },
    );
  }
  if (signal.schema === undefined) return payload;
  return validate(signal.schema, payload, `the payload of signal "${name}"`);
}
