import type { Logger } from '../base/logger.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Definition, Engine } from '../engine/index.ts';
import { isIncomingWebhook, isTopic, type IncomingWebhook, type Topic } from '../events/index.ts';
import {
  isMadeAsset,
  isPipeline,
  pipelineDefinition,
  type MadeAsset,
  type Pipeline,
} from '../pipelines/index.ts';
import { AssetNotices, assetRules, bindSchedules, withAssets } from '../schedules/index.ts';
import { isWorkflow, workflowDefinition, type Workflow } from '../workflows/index.ts';

/** What a caller may pass as a definition. */
export type AnyDefinition = Workflow | Pipeline | MadeAsset | AnyTopic | IncomingWebhook | Definition;

/** A topic, whatever its events. */
// oxlint-disable-next-line typescript/no-explicit-any -- a topic takes and gives its own events; only any stands for both
type AnyTopic = Topic<any>;

/**
 * The definitions as the engine takes them. An empty list is fine: such an engine reads and accepts, and executes nothing.
 * @throws TUTTI_DEFINITION_DUPLICATE when two of them have one name; TUTTI_DEFINITION_INVALID for something that is none;
 *   TUTTI_SCHEDULE_INVALID when the schedules of one are not told apart.
 */
export function toDefinitions(
  given: readonly AnyDefinition[],
  logger: Logger,
  notices: AssetNotices = new AssetNotices(),
): readonly Definition[] {
  const byName = new Map<string, Definition>();
  for (const [index, item] of given.entries()) {
    if (isTopic(item) || isIncomingWebhook(item)) continue;
    const definition = toDefinition(item, index, logger);
    const { name, kind } = definition;
    const first = byName.get(name);
    if (first !== undefined) {
      throw new TuttiError(
        'TUTTI_DEFINITION_DUPLICATE',
        `Two definitions are named '${name}': a ${first.kind} and a ${kind}; expected each name once.`,
        { details: { name } },
      );
    }
    byName.set(name, definition);
  }
  const definitions = [...byName.values()];
  // A mistake in a schedule must come up before the engine takes the code, not at the first tick.
  bindSchedules(definitions);
  assetRules(definitions);
  return definitions.map((definition) => withAssets(definition, notices));
}

/** The topics among them. @throws TUTTI_DEFINITION_DUPLICATE when two of them have one name. */
export function topicsOf(given: readonly AnyDefinition[]): readonly Topic[] {
  const topics = given.filter(isTopic);
  for (const [index, { name }] of topics.entries()) {
    if (topics.findIndex((other) => other.name === name) === index) continue;
    throw new TuttiError(
      'TUTTI_DEFINITION_DUPLICATE',
      `Two topics are named '${name}'; expected each name once.`,
      {
        details: { name },
      },
    );
  }
  return topics;
}

/** The webhooks among them. @throws TUTTI_DEFINITION_DUPLICATE for one name twice, TUTTI_DEFINITION_INVALID if one's topic is not there. */
export function webhooksOf(given: readonly AnyDefinition[]): readonly IncomingWebhook[] {
  const webhooks = given.filter(isIncomingWebhook);
  const topics = new Set(topicsOf(given).map(({ name }) => name));
  for (const [index, { name, topic }] of webhooks.entries()) {
    if (webhooks.findIndex((other) => other.name === name) !== index) {
      throw new TuttiError(
        'TUTTI_DEFINITION_DUPLICATE',
        `Two webhooks are named '${name}'; expected each name once.`,
        { details: { name } },
      );
    }
    if (topics.has(topic)) continue;
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `Webhook '${name}' goes to topic '${topic}', which is not among the definitions; expected both.`,
      { details: { name, topic } },
    );
  }
  return webhooks;
}

function toDefinition(
  item: Exclude<AnyDefinition, AnyTopic | IncomingWebhook>,
  index: number,
  logger: Logger,
): Definition {
  if (isWorkflow(item)) return workflowDefinition(item, { logger });
  if (isMadeAsset(item)) return pipelineDefinition(item.pipeline, { logger });
  if (isPipeline(item)) return pipelineDefinition(item, { logger });
  // Callers without types pass anything, for example the module instead of its export.
  if (typeof item === 'object' && item !== null && 'execute' in item) return item;
  throw new TuttiError(
    'TUTTI_DEFINITION_INVALID',
    `Number ${index + 1} of the definitions is no definition; expected what workflow(...), pipeline(...), topic(...) or asset(...) with a handler returns.`,
  );
}

/** The definition of this name. @throws TUTTI_DEFINITION_NOT_FOUND, with the nearest name there is. */
export function findDefinition(engine: Engine, name: string): Definition {
  const definition = engine.findDefinition(name);
  if (definition !== undefined) return definition;
  const names = engine.definitions.map((known) => known.name);
  const nearest = nearestName(name, names);
  const loaded = names.length === 0 ? 'none is loaded' : `loaded are ${names.join(', ')}`;
  const hint = nearest === undefined ? loaded : `did you mean '${nearest}'?`;
  throw new TuttiError('TUTTI_DEFINITION_NOT_FOUND', `No definition is named '${name}'; ${hint}.`, {
    details: { name, ...(nearest === undefined ? {} : { nearest }) },
  });
}
