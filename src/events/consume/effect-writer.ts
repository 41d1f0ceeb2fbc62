import type { Clock } from '../../base/clock.ts';
import { encodeValue } from '../../base/codec.ts';
import type { Logger } from '../../base/logger.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import {
  causeOfEvent,
  encodeRunInput,
  isFinal,
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

/** A signal on its way to a run. */
export interface OutgoingSignal {
  readonly runId: string;
  readonly signal: string;
  readonly value: unknown;
  /** Whether a run that ends before the commit makes its event be handled anew. Otherwise the signal is lost with it. */
  readonly mustArrive: boolean;
}

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

  /**
   * A signal, checked like every other. The run that takes it follows from `cause`, as far as that counts for it. Tells when there is
   * no run to take it.
   * @throws TUTTI_SIGNAL_UNKNOWN, TUTTI_INPUT_INVALID, TUTTI_VALUE_NOT_STORABLE, TUTTI_PAYLOAD_TOO_LARGE
   */
  async send(
    effects: StagedEffects,
    cause: PublishedEvent,
    { runId, signal, value, mustArrive }: OutgoingSignal,
  ): Promise<'sent' | 'unknown' | 'ended'> {
    const { store, payloads, clock } = this.#engine;
    const run = await store.findRun(runId);
    if (run === null) return 'unknown';
    if (isFinal(run.state)) return 'ended';
    // A process without the code cannot check the payload; the run's own process will see it as it is.
    const definition = this.#engine.findDefinition(run.definition);
    const accepted = definition === undefined ? value : await definition.acceptSignal(signal, value);
    const what = `the signal "${signal}" for run "${runId}"`;
    const text = withCause(encodeValue(accepted, what), causeOfEvent(cause));
    const payload = await payloads.store(text, runId, what);
    effects.sends.push({ run: run.number, kind: 'signal', name: signal, at: clock.now(), payload });
    if (mustArrive) effects.openRuns.push(run.number);
    return 'sent';
  }
}
