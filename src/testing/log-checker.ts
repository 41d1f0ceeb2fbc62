/**
 * Checks what clients saw of a log against what a log must be. The anomalies have the names that Jepsen's tests of Kafka and
 * its kin gave them (https://github.com/jepsen-io/jepsen/blob/main/jepsen/src/jepsen/tests/kafka.clj), so that a finding
 * can be looked up. Pure: the history comes from a simulation, from a test that kills processes, or from production.
 */

/** A publish as its client saw it. */
export interface PublishSeen {
  readonly partition: number;
  readonly id: string;
  readonly key: string | null;
  /** Where it was said to be; null if the client was told that it failed, or was told nothing. */
  readonly offset: number | null;
  /** `failed`: the client was told that nothing was stored. `unknown`: the client died, or heard nothing. */
  readonly outcome: 'acknowledged' | 'failed' | 'unknown';
}

/** A record as a reader saw it. */
export interface RecordSeen {
  readonly partition: number;
  readonly offset: number;
  readonly id: string;
  readonly key: string | null;
}

/** A reader's records in the order it saw them, from one beginning; `effects` if what it did with them is what counts. */
export interface ReaderSeen {
  readonly name: string;
  /** `log`: read the log itself. `effects`: one entry per event whose effect is in the store. */
  readonly kind: 'log' | 'effects';
  readonly records: readonly RecordSeen[];
}

/** Everything that was seen. */
export interface LogHistory {
  readonly publishes: readonly PublishSeen[];
  readonly readers: readonly ReaderSeen[];
  /** Whether all readers were given time to come to the end; else what is unseen is no anomaly. */
  readonly isDrained: boolean;
}

/** One thing that must not happen. */
export interface LogAnomaly {
  readonly kind:
    | 'lost-write'
    | 'unseen'
    | 'duplicate'
    | 'aborted-read'
    | 'inconsistent-offsets'
    | 'nonmonotonic-poll'
    | 'poll-skip'
    | 'reordered-key';
  /** A sentence with ids and offsets. */
  readonly what: string;
}

/** All anomalies of a history; empty when the log kept its promises. */
export function checkLog(history: LogHistory): readonly LogAnomaly[] {
  const stored = storedRecords(history);
  return [
    ...inconsistentOffsets(history),
    ...lostWrites(history, stored),
    ...abortedReads(history),
    ...history.readers.flatMap((reader) => [
      ...duplicates(reader),
      ...(reader.kind === 'log' ? pollAnomalies(reader, stored) : []),
      ...reorderedKeys(reader),
      ...(history.isDrained ? unseen(reader, stored) : []),
    ]),
  ];
}

/** By partition: what the log holds as far as anybody saw, by offset. */
type Stored = ReadonlyMap<number, ReadonlyMap<number, string>>;

function storedRecords(history: LogHistory): Stored {
  const stored = new Map<number, Map<number, string>>();
  const put = (partition: number, offset: number, id: string): void => {
    const records = stored.get(partition) ?? new Map<number, string>();
    stored.set(partition, records);
    records.set(offset, id);
  };
  for (const { partition, offset, id } of history.readers.flatMap(({ records }) => records))
    put(partition, offset, id);
  for (const { partition, offset, id } of history.publishes) if (offset !== null) put(partition, offset, id);
  return stored;
}

/** One offset must not hold two records, nor an acknowledged record two offsets. */
function inconsistentOffsets(history: LogHistory): readonly LogAnomaly[] {
  const anomalies: LogAnomaly[] = [];
  const ids = new Map<string, string>();
  const places = new Map<string, string>();
  const all = [...history.readers.flatMap(({ records }) => records), ...history.publishes];
  for (const { partition, offset, id } of all) {
    if (offset === null) continue;
    const place = `${partition}/${offset}`;
    const other = ids.get(place);
    if (other !== undefined && other !== id) {
      anomalies.push({ kind: 'inconsistent-offsets', what: `Offset ${place} held "${other}" and "${id}".` });
    }
    ids.set(place, id);
    const elsewhere = places.get(id);
    if (elsewhere !== undefined && elsewhere !== place) {
      anomalies.push({ kind: 'inconsistent-offsets', what: `"${id}" was at ${elsewhere} and at ${place}.` });
    }
    places.set(id, place);
  }
  return anomalies;
}

/** An acknowledged record that no reader of the log saw although one saw later ones of its partition. */
function lostWrites(history: LogHistory, stored: Stored): readonly LogAnomaly[] {
  const logs = history.readers.filter(({ kind }) => kind === 'log');
  if (logs.length === 0) return [];
  const seen = new Set(logs.flatMap(({ records }) => records.map(({ id }) => id)));
  const ends = new Map<number, number>();
  for (const { partition, offset } of logs.flatMap(({ records }) => records)) {
    ends.set(partition, Math.max(ends.get(partition) ?? -1, offset));
  }
  return history.publishes.flatMap(({ partition, id, offset, outcome }): LogAnomaly[] => {
    if (outcome !== 'acknowledged' || offset === null || seen.has(id)) return [];
    if (!history.isDrained && (ends.get(partition) ?? -1) < offset) return [];
    const instead = stored.get(partition)?.get(offset);
    const what = `"${id}" was acknowledged at ${partition}/${offset}, and nobody read it there (${instead ?? 'nothing'}).`;
    return [{ kind: 'lost-write', what }];
  });
}

function abortedReads(history: LogHistory): readonly LogAnomaly[] {
  const failed = new Set(history.publishes.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id));
  return history.readers.flatMap(({ name, records }) =>
    records
      .filter(({ id }) => failed.has(id))
      .map(({ id }): LogAnomaly => ({
        kind: 'aborted-read',
        what: `${name} saw "${id}", whose publish had failed.`,
      })),
  );
}

function duplicates({ name, records }: ReaderSeen): readonly LogAnomaly[] {
  const seen = new Set<string>();
  const anomalies: LogAnomaly[] = [];
  for (const { id, partition, offset } of records) {
    if (seen.has(id))
      anomalies.push({
        kind: 'duplicate',
        what: `${name} has "${id}" twice, again at ${partition}/${offset}.`,
      });
    seen.add(id);
  }
  return anomalies;
}

/** A reader of the log must go forward, and must not pass over what is there. */
function pollAnomalies({ name, records }: ReaderSeen, stored: Stored): readonly LogAnomaly[] {
  const anomalies: LogAnomaly[] = [];
  const last = new Map<number, number>();
  for (const { partition, offset } of records) {
    const before = last.get(partition);
    last.set(partition, offset);
    if (before === undefined) continue;
    if (offset <= before) {
      anomalies.push({
        kind: 'nonmonotonic-poll',
        what: `${name} read ${partition}/${offset} after ${partition}/${before}.`,
      });
      continue;
    }
    for (let skipped = before + 1; skipped < offset; skipped += 1) {
      const id = stored.get(partition)?.get(skipped);
      if (id !== undefined) {
        anomalies.push({
          kind: 'poll-skip',
          what: `${name} passed over "${id}" at ${partition}/${skipped}.`,
        });
      }
    }
  }
  return anomalies;
}

/** Events of one key must take effect in the order of the log. */
function reorderedKeys({ name, records }: ReaderSeen): readonly LogAnomaly[] {
  const anomalies: LogAnomaly[] = [];
  const last = new Map<string, number>();
  for (const { partition, offset, key } of records) {
    if (key === null) continue;
    const lane = `${partition}/${key}`;
    const before = last.get(lane) ?? -1;
    if (offset < before) {
      anomalies.push({
        kind: 'reordered-key',
        what: `${name} has key "${key}" at ${offset} after ${before}.`,
      });
    }
    last.set(lane, Math.max(before, offset));
  }
  return anomalies;
}

function unseen({ name, records }: ReaderSeen, stored: Stored): readonly LogAnomaly[] {
  const seen = new Set(records.map(({ partition, offset }) => `${partition}/${offset}`));
  return [...stored].flatMap(([partition, offsets]) =>
    [...offsets]
      .filter(([offset]) => !seen.has(`${partition}/${offset}`))
      .map(([offset, id]): LogAnomaly => ({
        kind: 'unseen',
        what: `${name} never saw "${id}" at ${partition}/${offset}.`,
      })),
  );
}
