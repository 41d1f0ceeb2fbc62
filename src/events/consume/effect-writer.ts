import type { Clock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import {
  causeOfEvent,
  encodeRunInput,
  nobody,
  withCause,
  type Cause,
  type Engine,
  type RunTrigger,
} from '../../engine/index.ts';
import type { NewEvent, PublishedEvent } from '../model/event.ts';
import type { PublishOptions } from '../publish/publish-options.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { TopicReference } from './handler-context.ts';
import type { StagedEffects } from './staged-effects.ts';

/** Prepares what a handler does, so that it can ride on the cursor's commit. */
export class EffectWriter {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly #engine: Engine;
  readonly #publisher: Publisher;

  constructor(engine: Engine, publisher: Publisher, logger: Logger) {
    this.#engine = engine;
    this.#publisher = publisher;
    this.clock = engine.clock;
    this.logger = logger;
  }

  /** @throws TUTTI_TOPIC_NOT_FOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID */
  async publish(
    effects: StagedEffects,
    cause: PublishedEvent,
    published: { readonly topic: TopicReference; readonly event: NewEvent; readonly options: PublishOptions },
  ): Promise<void> {
    const { topic, event, options } = published;
    const settings = this.#publisher.topic(typeof topic === 'string' ? topic : topic.name);
    const origin = {
      correlationId: cause.correlationId,
      causationId: cause.id,
      hops: cause.hops + 1,
      traceparent: cause.traceparent,
    };
    effects.appends.push((await this.#publisher.prepare(settings, event, { options, origin })).append);
  }

  /** @throws TUTTI_DEFINITION_NOT_FOUND, TUTTI_INPUT_INVALID, TUTTI_PAYLOAD_TOO_LARGE */
  async start(
    effects: StagedEffects,
    run: {
      readonly definition: string;
      readonly id: string;
      readonly input: unknown;
      readonly trigger: RunTrigger;
      /** Default: the event of the trigger. */
      readonly cause?: Cause;
    },
  ): Promise<void> {
    const { clock, random, payloads } = this.#engine;
    const definition = this.#engine.findDefinition(run.definition);
    if (definition === undefined) {
      throw new TuttiError('TUTTI_DEFINITION_NOT_FOUND', `No definition is named "${run.definition}".`);
    }
    const input = await definition.acceptInput(run.input);
    const what = `the input of run "${run.id}"`;
    const text = encodeRunInput({ ...run, input }, what);
    const at = clock.now();
    effects.starts.push({
      id: run.id,
      kind: definition.kind,
      definition: definition.name,
      version: definition.version,
      input: await payloads.store(text, run.id, what),
      seed: random.uint32(),
      at,
      owner: nobody,
      wakeAt: 0,
      deadlineAt: definition.timeoutMs === null ? null : at + definition.timeoutMs,
      parent: null,
      onConflict: 'attach',
    });
  }

  /** The run that takes the signal follows from `cause`, as far as that counts for it. */
  async send(
    effects: StagedEffects,
    cause: PublishedEvent,
    message: { readonly runId: string; readonly signal: string; readonly payload: string },
  ): Promise<void> {
    const { store, payloads, clock } = this.#engine;
    const run = await store.findRun(message.runId);
    if (run === null) return;
    const what = `the signal "${message.signal}" for run "${message.runId}"`;
    const text = withCause(message.payload, causeOfEvent(cause));
    const payload = await payloads.store(text, message.runId, what);
    effects.sends.push({ run: run.number, kind: 'signal', name: message.signal, at: clock.now(), payload });
  }
}
