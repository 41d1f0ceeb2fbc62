/**
 * A feed as server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html: each event as a structured CloudEvent
 * under its position as id, so that a browser that reconnects goes on where it was.
 *
 * Nothing is read before the reader has taken what came before (backpressure). Ends when the reader goes or the server stops.
 */
import type { CloudEventFeed } from '../../app/index.ts';
import type { Clock } from '../../base/clock.ts';

/** What a stream needs. */
export interface EventStreamOptions {
  readonly feed: CloudEventFeed;
  readonly clock: Clock;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** How often a silent stream shows that it lives. Proxies give up after 30 to 60 s. Milliseconds. */
const heartbeatMs = 15_000;

/** The stream; see the top of the file. */
export function eventStream({ feed, clock, stopping }: EventStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const ready: string[] = [];
  const stream = { isOver: false };
  const end = (): void => {
    stream.isOver = true;
    feed.close();
  };
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        stopping.addEventListener('abort', end, { once: true });
        if (stopping.aborted) end();
        // Headers go out with the first bytes: who connects must see that it is connected.
        controller.enqueue(encoder.encode(`id: ${feed.position}\n: following\n\n`));
      },
      pull: async (controller) => {
        try {
          while (!stream.isOver && ready.length === 0) {
            // oxlint-disable-next-line no-await-in-loop -- one read after the other is what a stream is
            ready.push(...(await nextFrames(feed, clock)));
          }
        } catch (error) {
          end();
          controller.error(error);
          return;
        }
        const frame = ready.shift();
        if (stream.isOver || frame === undefined) controller.close();
        else controller.enqueue(encoder.encode(frame));
      },
      cancel: () => {
        stopping.removeEventListener('abort', end);
        end();
      },
    },
    { highWaterMark: 1 },
  );
}

async function nextFrames(feed: CloudEventFeed, clock: Clock): Promise<readonly string[]> {
  const events = await feed.read();
  if (events.length > 0) {
    return events.map(({ event, position }) => `id: ${position}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  const { promise, resolve } = Promise.withResolvers<'heartbeat'>();
  const timer = clock.setTimer(heartbeatMs, () => resolve('heartbeat'));
  timer.unref?.();
  const what = await Promise.race([promise, feed.changed()]);
  timer.cancel();
  // With the id, a reader whose filter lets little through does not begin far behind when it comes again.
  return what === 'heartbeat' ? [`id: ${feed.position}\n: alive\n\n`] : [];
}
