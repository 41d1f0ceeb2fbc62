import { parseDuration } from '../base/duration.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import {
  CancelScope,
  type Place,
  type PublishedEvent,
  type RunHandle,
  type WantedEvent,
} from '../engine/index.ts';
import type { AwaitedEvent, AwaitedTopic, EventWaitOptions, WaitOptions } from './workflow-context.ts';

/** What to wait for. */
interface EventWait<Type extends string, Data> {
  readonly topic: AwaitedTopic<Type>;
  readonly event: AwaitedEvent<Type, Data>;
  readonly options: EventWaitOptions<Type, Data>;
}

/** See `WorkflowContext.waitForEvent`. */
export async function waitForEvent<Type extends string, Data>(
  run: RunHandle,
  place: Place,
  { topic, event, options }: EventWait<Type, Data>,
): Promise<PublishedEvent<Type, Data>> {
  const { type } = event;
  refuseUnknownOptions(options, ['where', 'timeout', 'name'], `the wait for event "${type}"`);
  const wanted = topic.awaited(type, options.where);
  const request = { place, name: options.name ?? type, timeoutMs: timeoutOf(options, type), wanted };
  // The type is what the wait asked for, and the data what the topic's schema let through.
  return (await run.event(request)) as PublishedEvent<Type, Data>;
}

/** What to wait for, by name. */
interface AnyWait {
  readonly alternatives: Readonly<Record<string, AnyAlternative>>;
  readonly options: WaitOptions;
}

type AnyAlternative = readonly [
  topic: AwaitedTopic<never>,
  event: AwaitedEvent<string, unknown>,
  options?: { readonly where?: unknown },
];

/**
 * See `WorkflowContext.waitForAny`. `place` must be of its own: each alternative is an operation there, under its name. All of
 * them are in one scope, which is canceled as soon as the first is answered, so no row of a loser outlives the wait.
 */
export async function waitForAny(
  run: RunHandle,
  place: Place,
  { alternatives, options }: AnyWait,
): Promise<{ readonly which: string; readonly event: PublishedEvent }> {
  refuseUnknownOptions(options, ['timeout'], 'waitForAny');
  // All are checked before the first begins to wait.
  const wants = Object.entries(alternatives).map(([which, alternative]) => wantOf(which, alternative));
  if (wants.length === 0) {
    throw new TuttiError('TUTTI_OPTION_INVALID', 'waitForAny was given no event to wait for.');
  }
  const timeoutMs = timeoutOf(options, wants.map(({ which }) => which).join(', '));
  const cancelScope = new CancelScope(place.cancelScope, { isShielded: false });
  const within: Place = { path: place.path, cancelScope };
  try {
    return await Promise.race(
      wants.map(async ({ which, wanted }) => {
        const event = await run.event({ place: within, name: which, timeoutMs, wanted });
        return { which, event };
      }),
    );
  } finally {
    run.cancel(cancelScope, new TuttiError('TUTTI_RUN_CANCELED', 'Another event came first.'));
    cancelScope.close();
  }
}

function wantOf(
  which: string,
  [topic, event, options = {}]: AnyAlternative,
): { readonly which: string; readonly wanted: WantedEvent } {
  refuseUnknownOptions(options, ['where'], `the alternative "${which}" of waitForAny`);
  // Which types the topic has was the compiler's business; here they are texts, and the topic checks them.
  return { which, wanted: topic.awaited(event.type as never, options.where) };
}

function timeoutOf({ timeout }: WaitOptions, what: string): number | null {
  return timeout === undefined ? null : parseDuration(timeout, `the timeout of the wait for ${what}`);
}
