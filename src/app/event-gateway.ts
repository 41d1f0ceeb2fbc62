/** Where events of the outside world come in and go out: what the HTTP API serves beside the client. */
import { TuttiError } from '../base/tutti-error.ts';
import type { Engine } from '../engine/index.ts';
import {
  asyncApiDocument,
  fromCloudEvent,
  parsePatternText,
  publishGroup,
  toCloudEvent,
  TopicFollower,
  type CloudEvent,
  type EventsRuntime,
  type IncomingWebhook,
  type Published,
  type WebhookRequest,
} from '../events/index.ts';

/** What a follower from outside asks for. */
export interface FollowRequest {
  /** `tip`, `oldest`, an instant, or a position it was told. Default `tip`. */
  readonly from?: string;
  /** Default: all. */
  readonly types?: readonly string[];
  /** A pattern over the event, as JSON. Default: every event. */
  readonly filter?: string;
}

/** A topic as somebody outside follows it. */
export interface CloudEventFeed {
  /** Where to go on after everything read so far. */
  readonly position: string;
  /** The next events, empty if there are none yet. */
  read(): Promise<readonly { readonly event: CloudEvent; readonly position: string }[]>;
  /** Resolves when there may be more to read. */
  changed(): Promise<void>;
  close(): void;
}

/** See the top of the file. Resolves, where something is stored, when it is on disk. */
export interface EventGateway {
  /** Publishes CloudEvents, all or none. @throws TUTTI_TOPIC_NOT_FOUND, TUTTI_EVENT_*, TUTTI_INPUT_INVALID: nothing was stored. */
  publish(topic: string, cloudEvents: readonly unknown[]): Promise<readonly Published[]>;
  /** @throws TUTTI_TOPIC_NOT_FOUND, TUTTI_PATTERN_INVALID, TUTTI_OFFSET_OUT_OF_RANGE, TUTTI_OPTION_INVALID */
  follow(topic: string, request: FollowRequest): Promise<CloudEventFeed>;
  /** The most bytes a webhook takes. @throws TUTTI_ROUTE_NOT_FOUND */
  webhookBytesMax(name: string): number;
  /** Verifies, translates and stores. @throws TUTTI_ROUTE_NOT_FOUND, TUTTI_WEBHOOK_REFUSED, TUTTI_JSON_MALFORMED, TUTTI_EVENT_*, TUTTI_INPUT_INVALID */
  receive(name: string, request: WebhookRequest): Promise<Published>;
  /** The AsyncAPI document of the topics. */
  describe(version: string): Readonly<Record<string, unknown>>;
}

/** What the gateway of an engine's own process stands on; both are exchanged together with the code. */
export interface GatewayParts {
  readonly engine: Engine;
  readonly events: () => EventsRuntime;
  readonly webhooks: () => readonly IncomingWebhook[];
}

/** The gateway in the engine's own process. */
export function localEventGateway({ engine, events, webhooks }: GatewayParts): EventGateway {
  const webhook = (name: string): IncomingWebhook => {
    const found = webhooks().find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new TuttiError('TUTTI_ROUTE_NOT_FOUND', `There is no webhook "${name}".`, { details: { name } });
  };
  return {
    publish: async (name, cloudEvents) => {
      const { publisher } = events();
      const topic = publisher.topic(name);
      const arrived = cloudEvents.map((one, index) => {
        try {
          return fromCloudEvent(topic, one);
        } catch (error) {
          throw error instanceof TuttiError
            ? new TuttiError(error.code, error.message, { cause: error, details: { index } })
            : error;
        }
      });
      return publishGroup({ engine, publisher }, topic, arrived);
    },
    follow: async (name, { from, types, filter }) => {
      const topic = events().publisher.topic(name);
      const follower = await TopicFollower.open(engine, topic, {
        ...(from === undefined ? {} : { from }),
        ...(types === undefined ? {} : { types }),
        ...(filter === undefined ? {} : { filter: parsePatternText(filter, 'The filter') }),
      });
      return feedOf(follower);
    },
    webhookBytesMax: (name) => webhook(name).bodyBytesMax,
    receive: async (name, request) => {
      const hook = webhook(name);
      const event = await hook.accept(request, engine.clock.now());
      const { publisher } = events();
      return publisher.publish(publisher.topic(hook.topic), event, {});
    },
    describe: (version) => asyncApiDocument(events().topics, version),
  };
}

function feedOf(follower: TopicFollower): CloudEventFeed {
  return {
    get position() {
      return follower.position;
    },
    read: async () =>
      (await follower.read()).map(({ event, position }) => ({ event: toCloudEvent(event), position })),
    changed: () => follower.changed(),
    close: () => follower.close(),
  };
}
