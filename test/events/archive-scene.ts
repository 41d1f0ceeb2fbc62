/** Topics, exports and imports as the tests of archives use them. */
import { onTestFinished } from 'vitest';
import { createTutti, event, topic, type Client, type EventDefinition, type Tutti } from 'tutti';
import { z } from 'zod';
import type { Clock } from '../../src/base/clock.ts';
import {
  ArchiveExport,
  checkArchive,
  Pace,
  publishArchive,
  type ArchiveToImport,
  type ImportOptions,
  type ImportReport,
  type PublishedEvent,
  type Topic,
} from '../../src/events/index.ts';

export const Noted: EventDefinition<'noted'> = event('noted');
export const Counted: EventDefinition<'counted', { n: number }> = event('counted', {
  schema: z.object({ n: z.number() }),
});

export function notesTopic(
  name: string,
  partitions: number,
  options: { readonly dedupe?: { readonly within: '10m' } } = {},
): Topic<typeof Noted | typeof Counted> {
  return topic(name, { events: [Noted, Counted], partitions, key: () => 'computed', ...options });
}

export async function engineWith(definitions: Parameters<typeof createTutti>[0] = {}): Promise<Tutti> {
  const tutti = await createTutti({ store: ':memory:', ...definitions });
  onTestFinished(() => tutti.stop());
  return tutti;
}

export async function exported(client: Client, name: string, options = {}): Promise<readonly string[]> {
  let text = '';
  for await (const piece of new ArchiveExport(client, name, options).text()) text += piece;
  return text.split('\n').slice(0, -1);
}

export interface Import extends ImportOptions {
  readonly as?: string;
  /** With it, so many lines go at a time as fit into a tenth of a second. */
  readonly intervalMs?: number;
  readonly clock?: Clock;
}

/** A clock whose time passes when somebody waits for it. */
export function hastyClock(): Clock {
  let now = 1_000_000;
  return {
    now: () => now,
    setTimer: (delayMs, fire) => {
      now += delayMs;
      queueMicrotask(fire);
      return { cancel: () => undefined };
    },
  };
}

export async function imported(
  target: Pick<Client, 'checkArchive' | 'importArchive'>,
  name: string,
  lines: readonly string[],
  { as = '', intervalMs = 0, clock = hastyClock(), ...options }: Import = {},
): Promise<ImportReport> {
  const what: ArchiveToImport = { target, topic: name, text: () => each(lines), options };
  const steps = { signal: new AbortController().signal };
  const checked = await checkArchive(what, steps);
  const pace = new Pace(clock, intervalMs);
  return publishArchive({ ...what, archive: `${checked.digest}${as}`, pace, checked }, steps);
}

export async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

export async function allEvents(client: Client, name: string): Promise<readonly PublishedEvent[]> {
  const { partitions } = await client.showTopic(name);
  const pages = await Promise.all(
    partitions.map(({ partition }) => client.readEvents(name, { partition, limit: 1_000 })),
  );
  return pages.flatMap(({ events }) => events);
}

/** Events without their place, by key in order; those without a key by themselves. */
export function byKey(events: readonly PublishedEvent[]): Record<string, readonly object[]> {
  const lanes = Map.groupBy(events, ({ key, id }) => (key === null ? `id:${id}` : `key:${key}`));
  return Object.fromEntries(
    [...lanes].map(([lane, members]) => [
      lane,
      members.map(({ topic: _topic, partition: _partition, offset: _offset, ...rest }) => rest),
    ]),
  );
}
