/** Records for random operations, drawn from few ids, keys and times, so that they often meet each other. */
import {
  absentCell,
  type CellWrite,
  entryKinds,
  entryOutcomes,
  messageKinds,
  nobody,
  waitKinds,
  type ConditionalEntry,
  type GuardedChange,
  type IdConflict,
  logLevels,
  type JournalAppend,
  type LogLine,
  type MessageSend,
  type Payload,
  type RunNumber,
  type RunRecord,
  type RunStart,
  type SlotChange,
  type WaitRecord,
  type WorkerNumber,
} from '../../engine/index.ts';
import { cell, entry, guarded, line, release, request, runStart, send, wait } from './builders.ts';
import type { Draw } from './draw.ts';

/** The ids that runs of a story have. */
export const runIds: readonly string[] = ['a', 'b', 'c', 'ab', 'ä', 'a%'];
/** The definitions that runs of a story have. */
export const definitions: readonly string[] = ['greet', 'other'];
/** Keys of waits, and names of messages and operations. */
export const waitKeys: readonly string[] = ['k', 'l', 'm'];
/** All forms of a payload. */
export const payloads: readonly (Payload | null)[] = [null, '"ü"', '@a/ref', new Uint8Array([0, 255]), ''];

const conflicts: readonly IdConflict[] = ['refuse', 'attach', 'restart', 'restartFailed'];

/** A run as its owner knows it. */
export interface OwnedRun {
  readonly run: RunRecord;
  nextSeq: number;
  /** The highest message id the owner has seen. */
  seen: number;
  /** Ids of messages it has seen and not consumed. */
  inbox: readonly number[];
}

/** What a random record may refer to. */
export interface Setting {
  /** Runs that were started at some time. */
  readonly known: readonly RunNumber[];
  /** Versions that cells had at some time, oldest first. */
  readonly versions: readonly number[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A start that often meets a run with its id, its own child, or a run to be forked. */
export function randomStart(draw: Draw, setting: Setting, owner: WorkerNumber): RunStart {
  // Few parents and operations, so that a child is often started again by the same one.
  const parent = draw.from(setting.known.slice(0, 2));
  const fork = draw.from(setting.known);
  const wakeAt = owner === nobody && draw.oneIn(3) ? setting.now + draw.below(20) : 0;
  return runStart({
    id: draw.from(runIds) ?? 'a',
    definition: draw.from(definitions) ?? 'greet',
    at: setting.now,
    owner,
    wakeAt,
    input: draw.from(payloads) ?? '1',
    onConflict: draw.from(conflicts) ?? 'refuse',
    parent:
      parent !== undefined && draw.oneIn(3) ? { run: parent, operation: draw.oneIn(2) ? 'k' : 'l' } : null,
    ...(fork !== undefined && draw.oneIn(4)
      ? { fork: { run: fork, drop: [draw.below(4), draw.below(4)] } }
      : {}),
  });
}

/** A message to any run, also to one that is gone or never was. */
export function randomMessage(draw: Draw, setting: Setting): MessageSend {
  const key = draw.from(waitKeys) ?? 'k';
  return send(draw.from([...setting.known, 9999]) ?? 9999, {
    kind: draw.from(messageKinds) ?? 'signal',
    name: key,
    at: setting.now,
    payload: draw.from(payloads) ?? null,
    ...(draw.oneIn(3) ? { onlyIfWaiting: key } : {}),
  });
}

/** A wait with one of a few keys, so that it often replaces another. */
export function randomWait(draw: Draw, run: RunNumber, now: number): WaitRecord {
  return wait(run, draw.from(waitKeys) ?? 'k', {
    kind: draw.from(waitKinds) ?? 'timer',
    since: now,
    deadline: draw.oneIn(2) ? now + 10 : null,
    detail: draw.from(payloads) ?? null,
  });
}

/** Keys of cells; some are prefixes of others, some are ordered otherwise by code unit than by code point. */
const cellKeys: readonly string[] = ['k', 'kk', '\uFF21', '\u{1F600}'];
/** The spaces of cells. */
const cellSpaces: readonly string[] = ['clock', 'ü'];

/** A write of one of few cells; a null among the payloads deletes it. */
export function randomCell(draw: Draw): CellWrite {
  const value = draw.from(payloads) ?? null;
  return cell(draw.from(cellKeys) ?? 'k', value, draw.from(cellSpaces) ?? 'clock');
}

/** A group on a version that the cell had some time, or none; with a start and a message now and then. */
export function randomGuarded(draw: Draw, setting: Setting, owner: WorkerNumber): GuardedChange {
  const { key, space } = randomCell(draw);
  const version = draw.from([...setting.versions.slice(-4), absentCell]) ?? absentCell;
  const { fork: _fork, ...start } = randomStart(draw, setting, owner);
  return guarded({
    when: draw.oneIn(4) ? [] : [{ space, key, version }],
    cells: [{ space, key, value: draw.from(payloads) ?? null }, randomCell(draw)],
    starts: draw.oneIn(3) ? [start] : [],
    sends: draw.oneIn(3) ? [randomMessage(draw, setting)] : [],
    ...(draw.oneIn(4) ? { whenOpen: [draw.from([...setting.known, 9999]) ?? 9999] } : {}),
  });
}

/** Pools of few slots, so that there is mostly a line. */
const poolNames: readonly string[] = ['db', 'ü'];

/** Asks for slots or gives them back, under few keys, so that the same request often comes again. */
export function randomSlots(draw: Draw, run: RunNumber, now: number): SlotChange {
  const key = draw.from(waitKeys) ?? 'k';
  if (draw.oneIn(3)) return release(run, key, now);
  return request(run, key, {
    pool: draw.from(poolNames) ?? 'db',
    slots: 1 + draw.below(3),
    priority: draw.below(3) - 1,
    limit: 1 + draw.below(3),
    at: now,
  });
}

/** Sets or takes away the limit of a pool. */
export function randomLimit(draw: Draw, now: number): SlotChange {
  const limit = draw.oneIn(3) ? null : draw.below(5);
  return { kind: 'limit', pool: draw.from(poolNames) ?? 'db', limit, at: now };
}

/** Lines of attempts, and of the code, often with a number that was said before. */
export function randomLines(draw: Draw, run: RunNumber, now: number): readonly LogLine[] {
  return Array.from({ length: draw.below(3) }, (_, index) =>
    line(run, `line ${index}`, {
      at: now,
      level: draw.from(logLevels) ?? 'info',
      ...(draw.oneIn(2) ? { key: '', attempt: 0, ordinal: 1 + draw.below(9) } : {}),
    }),
  );
}

/** The next entries of a run, up to two. */
export function randomSteps(draw: Draw, owned: OwnedRun, now: number): readonly JournalAppend[] {
  return Array.from({ length: draw.below(3) }, (_, index) =>
    entry(owned.run.number, owned.nextSeq + index, {
      kind: draw.from(entryKinds) ?? 'step',
      outcome: draw.from(entryOutcomes) ?? 'ok',
      at: now,
      payload: draw.from(payloads) ?? null,
    }),
  );
}

/** The next entry of a run that starts another or sends. */
export function conditional(owned: OwnedRun): ConditionalEntry {
  const accepted = entry(owned.run.number, owned.nextSeq, { name: 'accepted' });
  return { accepted, refused: { ...accepted, name: 'refused', outcome: 'error' } };
}

/** Makes room for the conditional entry of the sender. */
export function shift(one: JournalAppend, sender: OwnedRun): JournalAppend {
  return one.run === sender.run.number ? { ...one, seq: one.seq + 1 } : one;
}
