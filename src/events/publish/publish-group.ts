import { TuttiError } from '../../base/tutti-error.ts';
import type { Engine } from '../../engine/index.ts';
import type { ArrivedEvent } from '../cloud-events/cloud-event.ts';
import type { TopicSettings } from '../model/topic-settings.ts';
import type { Published } from './publish-options.ts';
import type { PreparedEvent, Publisher } from './publisher.ts';

/**
 * Publishes events all or none, whatever their partitions: all are checked first, and one guarded group, which is one
 * transaction, stores them. Resolves when they are on disk; after a crash before that all are there or none. One that
 * was there before, by its name within the topic's window, keeps its original offset and the others are stored.
 *
 * @throws TUTTI_EVENT_*, TUTTI_INPUT_INVALID, TUTTI_STORE_*: nothing was stored. The details tell the `index` of the event.
 */
export async function publishGroup(
  { engine, publisher }: { readonly engine: Engine; readonly publisher: Publisher },
  topic: TopicSettings,
  events: readonly ArrivedEvent[],
): Promise<readonly Published[]> {
  if (events.length === 0) return [];
  const now = engine.clock.now();
  const prepared: PreparedEvent[] = [];
  for (const [index, { event, key, priority, expiresAt, origin }] of events.entries()) {
    const ttl = expiresAt === null ? undefined : expiresAt - now;
    if (ttl !== undefined && ttl <= 0) {
      throw new TuttiError(
        'TUTTI_EVENT_INVALID',
        `Event "${event.id}" cannot be published: it expired at ${new Date(now + ttl).toISOString()}, which is past.`,
        { details: { index } },
      );
    }
    const options = {
      ...(key === undefined ? {} : { key }),
      ...(priority === undefined ? {} : { priority }),
      ...(ttl === undefined ? {} : { ttl }),
    };
    prepared.push(
      // oxlint-disable-next-line no-await-in-loop -- the first fault in order is the one to be told
      await publisher.prepare(topic, event, { options, origin, now }).catch((error: unknown) => {
        throw atIndex(error, index);
      }),
    );
  }
  const groups = [...Map.groupBy(prepared, ({ encoded }) => encoded.partition).values()];
  const appends = groups.flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const records = [first, ...rest].flatMap(({ append }) => append.records);
    return [{ ...first.append, records }];
  });
  const result = await engine.change({ when: [], cells: [], starts: [], sends: [], appends });
  const places = new Map<PreparedEvent, Published>();
  for (const [group, members] of groups.entries()) {
    const appended = result.appends[group];
    for (const [index, one] of members.entries()) {
      const { id, partition } = one.encoded;
      const isDuplicate = appended?.duplicates.includes(index) === true;
      places.set(one, {
        id,
        topic: topic.name,
        partition,
        offset: appended?.offsets[index] ?? null,
        isDuplicate,
      });
    }
  }
  return prepared.flatMap((one) => places.get(one) ?? []);
}

function atIndex(error: unknown, index: number): unknown {
  if (!(error instanceof TuttiError)) return error;
  return new TuttiError(error.code, error.message, { cause: error, details: { ...error.details, index } });
}
