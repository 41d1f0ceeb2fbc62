import type { Logger } from '../base/logger.ts';
import { nearestName } from '../base/nearest.ts';
import { describeSchema, validate } from '../base/standard-schema.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { AssetUse, Definition, RunHandle } from '../engine/index.ts';
import type { NodeWork } from './graph.ts';
import { isPastSignal } from './past-names.ts';
import type { Pipeline } from './pipeline.ts';
import { PipelineRun } from './pipeline-run.ts';
import { packInput, unpackInput } from './run-input.ts';

/** The engine's form of a pipeline, with the pipeline itself for those who look at its graph. */
export interface PipelineDefinition extends Definition {
  readonly pipeline: Pipeline;
}

/** Whether a definition came from a pipeline. */
export function isPipelineDefinition(definition: Definition): definition is PipelineDefinition {
  return definition.kind === 'pipeline' && 'pipeline' in definition;
}

/** The engine's form of a pipeline. `logger` gets what its tasks log. */
export function pipelineDefinition(
  pipeline: Pipeline,
  options: { readonly logger: Logger },
): PipelineDefinition {
  const waits = signalsOf(pipeline);
  return {
    kind: 'pipeline',
    pipeline,
    name: pipeline.name,
    version: pipeline.version,
    timeoutMs: pipeline.timeoutMs,
    durability: pipeline.durability,
    execute: (run, input) =>
      new PipelineRun(
        pipelineVersion(pipeline, run.record.version),
        run,
        input,
        withRun(run, options.logger),
      ).execute(),
    acceptInput: (input) => acceptInput(pipeline, input),
    acceptSignal: (name, payload) => acceptSignal(pipeline, waits, { name, payload }),
    inputForm: describeSchema(pipeline.input),
    signalNames: [...waits.keys()],
    schedules: pipeline.schedules,
    assets: withParameters(pipeline.assets),
    dependsOnPast: [...pipeline.graph.byId.values()].some(
      ({ work }) => work.kind === 'task' && work.task.dependsOnPast,
    ),
  };
}

/** What a definition says of its assets speaks of parameters; a stored input may hold more. */
function withParameters(use: AssetUse): AssetUse {
  const { partitionOf } = use;
  if (partitionOf === null) return use;
  return {
    ...use,
    partitionOf: ({ input, output }) => partitionOf({ input: unpackInput(input).parameters, output }),
  };
}

/** The state of the graph a run began with, if it is still known; the engine pauses a run whose journal does not fit. */
export function pipelineVersion(pipeline: Pipeline, version: string): Pipeline {
  if (version === pipeline.version) return pipeline;
  return pipeline.previous.find((older) => older.version === version) ?? pipeline;
}

async function acceptInput(pipeline: Pipeline, given: unknown): Promise<unknown> {
  const { input: schema } = pipeline;
  if (schema === undefined) return given;
  const input = unpackInput(given);
  const parameters = await validate(schema, input.parameters, `the input of pipeline "${pipeline.name}"`);
  return packInput({ ...input, parameters });
}

async function acceptSignal(
  pipeline: Pipeline,
  waits: ReadonlyMap<string, Extract<NodeWork, { kind: 'wait' }>>,
  signal: { readonly name: string; readonly payload: unknown },
): Promise<unknown> {
  const wait = waits.get(signal.name);
  const isPast = [pipeline, ...pipeline.previous].some(({ graph }) => isPastSignal(graph, signal.name));
  if (wait === undefined && isPast) return signal.payload;
  if (wait === undefined) {
    const nearest = nearestName(signal.name, [...waits.keys()]);
    const hint =
      nearest === undefined
        ? `It waits for: ${[...waits.keys()].join(', ') || 'none'}.`
        : `Did you mean "${nearest}"?`;
    throw new TuttiError(
      'TUTTI_SIGNAL_UNKNOWN',
      `Pipeline "${pipeline.name}" waits for no signal "${signal.name}". ${hint}`,
      { details: { pipeline: pipeline.name, signal: signal.name } },
    );
  }
  if (wait.schema === undefined) return signal.payload;
  return validate(wait.schema, signal.payload, `the payload of signal "${signal.name}"`);
}

function signalsOf(pipeline: Pipeline): ReadonlyMap<string, Extract<NodeWork, { kind: 'wait' }>> {
  const versions = [...pipeline.previous, pipeline];
  const nodes = versions.flatMap((version) => [...version.graph.byId.values()]);
  return new Map(nodes.flatMap(({ work }) => (work.kind === 'wait' ? [[work.signal, work] as const] : [])));
}

function withRun(run: RunHandle, logger: Logger): Logger {
  const pass =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) =>
      logger[level](message, { runId: run.record.id, ...fields });
  return { debug: pass('debug'), info: pass('info'), warn: pass('warn'), error: pass('error') };
}
