import { expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { CloudEventFeed } from '../../app/index.ts';
import { eventStream } from './event-stream.ts';

interface CountedFeed extends CloudEventFeed {
  reads: number;
  isClosed: boolean;
}

/** Always has two more events. */
function endlessFeed(): CountedFeed {
  return {
    reads: 0,
    isClosed: false,
    position: '0',
    read() {
      this.reads += 1;
      const position = String(this.reads);
      return Promise.resolve([
        { event: { id: `${position}a` }, position },
        { event: { id: `${position}b` }, position },
      ]);
    },
    changed: () => Promise.resolve(),
    close() {
      this.isClosed = true;
    },
  };
}

function open(feed: CloudEventFeed, stopping = new AbortController().signal): ReadableStreamDefaultReader {
  return eventStream({ feed, clock: systemClock, stopping }).getReader();
}

it('a reader that does not take what it was given makes nobody read ahead', async () => {
  const feed = endlessFeed();
  const reader = open(feed);
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
  expect(feed.reads).toBe(0);
  for (let taken = 0; taken < 4; taken += 1) await reader.read();
  for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
  expect(feed.reads).toBeLessThanOrEqual(2);
});

it('a reader that goes closes its feed', async () => {
  const feed = endlessFeed();
  await open(feed).cancel();
  expect(feed.isClosed).toBe(true);
});

it('a server that stops ends the stream, whatever is still ready', async () => {
  const feed = endlessFeed();
  const stopping = new AbortController();
  const reader = open(feed, stopping.signal);
  await reader.read();
  await reader.read();
  stopping.abort();
  const rest = [await reader.read(), await reader.read()];
  expect(rest.at(-1)).toMatchObject({ done: true });
  expect(feed.isClosed).toBe(true);
});
