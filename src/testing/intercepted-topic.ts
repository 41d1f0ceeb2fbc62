import { parseDuration } from '../base/duration.ts';
import type {
  BatchContext,
  HandlerContext,
  PublishedEvent,
  Subscription,
  SubscriptionSettings,
  Topic,
} from '../events/index.ts';
import { outsideOfWorkflow } from '../workflows/index.ts';
import type { HandlerMockCall } from './handler-mocks.ts';
import type { Surroundings } from './intercepted-definition.ts';
import { overlay } from './overlay.ts';
import { passTime } from './pass-time.ts';
import type { RunningBody } from './running-bodies.ts';

/** What the test kit puts around the topics of one process. */
export interface TopicSurroundings extends Surroundings {
  /** A handler's own code begins; to be called when it has ended. */
  readonly handlerBegan: () => () => void;
}

/** The topic with its handlers known to the test kit, replaced where a mock says so. */
export function interceptTopic(topic: Topic, around: TopicSurroundings): Topic {
  const subscriptions = topic.subscriptions.map((one) => interceptSubscription(one, around));
  return overlay(topic, { subscriptions });
}

function interceptSubscription(subscription: Subscription, around: TopicSurroundings): Subscription {
  const { settings } = subscription;
  return overlay(subscription, {
    settings: { ...settings, reaction: watchedReaction(settings, around) },
  });
}

function watchedReaction(
  settings: SubscriptionSettings,
  around: TopicSurroundings,
): SubscriptionSettings['reaction'] {
  const { reaction } = settings;
  // Steps of the runs that it starts are watched themselves.
  if (reaction.kind === 'start') return reaction;
  const consumer = `${settings.topic.name}/${settings.name}`;
  if (reaction.kind === 'batch') {
    return {
      kind: 'batch',
      handle: (events, ctx) =>
        watched({ consumer, around, events, ctx, original: () => reaction.handle(events, ctx) }),
    };
  }
  return {
    kind: 'single',
    handle: (event, ctx) =>
      watched({ consumer, around, events: [event], ctx, original: () => reaction.handle(event, ctx) }),
  };
}

interface WatchedCall {
  readonly consumer: string;
  readonly around: TopicSurroundings;
  readonly events: readonly PublishedEvent[];
  readonly ctx: HandlerContext | BatchContext;
  readonly original: () => unknown;
}

async function watched(call: WatchedCall): Promise<void> {
  const { around, consumer, original } = call;
  // A dead process begins nothing.
  if (around.isDead()) return new Promise(() => undefined);
  const rule = around.mocks.handlers.of(consumer);
  const ended = around.handlerBegan();
  try {
    await around.bodies.run((running) =>
      rule === undefined ? original() : outsideOfWorkflow((body) => rule.answer(callOf(call, body)), running),
    );
  } finally {
    ended();
  }
}

function callOf(
  { events, ctx, original, around, consumer }: WatchedCall,
  running: RunningBody,
): HandlerMockCall {
  const { bodies, clock } = around;
  return {
    event: events[0] as PublishedEvent,
    events,
    attempt: ctx.attempt,
    get signal() {
      return ctx.signal;
    },
    ctx,
    original,
    takes: (duration) => {
      const durationMs = parseDuration(duration, `what the mock of "${consumer}" takes`);
      return passTime({ durationMs, running, bodies, clock, signal: ctx.signal });
    },
  };
}
