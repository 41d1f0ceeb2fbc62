import { isTuttiError } from '../base/tutti-error.ts';
import type { CommitBatch, GuardedChange, Store } from '../engine/index.ts';
import type { WriteWatch } from './store-doors.ts';

/** Where a process is killed: at its nth write, before that reaches the store or after, before the process learned of it. */
export interface CrashPoint {
  /** To name it in `only`: `4:before`, `4:after`. */
  readonly id: string;
  /** Which write of the processes at work, from 1. */
  readonly write: number;
  readonly moment: 'before' | 'after';
}

/** The name of a point in `only`. */
export function crashPoint(write: number, moment: CrashPoint['moment']): CrashPoint {
  return { id: `${write}:${moment}`, write, moment };
}

/** The kill of one run: watches the writes, strikes once, and remembers what it struck. */
export class Killer {
  readonly #point: CrashPoint | null;
  #writes = 0;
  #isArmed = false;
  #struck: { readonly method: string; readonly batch: CommitBatch | undefined } | null = null;

  /** Null for a run that is left alone. */
  constructor(point: CrashPoint | null) {
    this.#point = point;
  }

  /** Begins to count, and to strike: what a process writes to come into being is not what is under test. */
  arm(): void {
    this.#isArmed = true;
  }

  /** How many writes there were. */
  get writes(): number {
    return this.#writes;
  }

  get hasStruck(): boolean {
    return this.#struck !== null;
  }

  /** What was being written, for people. */
  get struckAt(): string {
    return this.#struck === null ? 'nothing' : describeWrite(this.#struck);
  }

  /** Positions of journals, and of subscriptions, that the struck commit was to write. */
  get positions(): readonly string[] {
    const batch = this.#struck?.batch;
    if (batch === undefined) return [];
    const entries = batch.entries.map((entry) => `${entry.run}:${entry.seq}`);
    const cursors = cursorGroups(batch).flatMap((group) => group.cells.filter(isCursor));
    return [...entries, ...cursors.map(({ key, value }) => `${key} ${String(value)}`)];
  }

  readonly watch: WriteWatch = ({ method, batch }, moment) => {
    if (!this.#isArmed) return false;
    // A claim is a write only if it gave something, and killed before it nothing has happened.
    if (moment === (method === 'commit' ? 'before' : 'after')) this.#writes += 1;
    const point = this.#point;
    if (point === null || this.hasStruck) return false;
    if (this.#writes !== point.write || moment !== point.moment) return false;
    this.#struck = { method, batch };
    return true;
  };

  /**
   * The killed process wakes up after it was declared dead and sends what it was about to send. False if the store took it,
   * which breaks I2.
   */
  async isZombieRefused(store: Store): Promise<boolean> {
    const batch = this.#struck?.batch;
    if (batch === undefined || this.#point?.moment !== 'before') return true;
    if (batch.worker === null) return areCursorsRefused(store, batch);
    try {
      await store.commit(batch);
      return false;
    } catch (error) {
      return isTuttiError(error) && error.code === 'TUTTI_OWNER_LOST';
    }
  }
}

/** What handlers do is in nobody's name: there the version of the cursor is what refuses a former owner. */
async function areCursorsRefused(store: Store, batch: CommitBatch): Promise<boolean> {
  const guarded = cursorGroups(batch);
  if (guarded.length === 0) return true;
  const { guarded: results } = await store.commit({ ...nothing, guarded });
  return results.every(({ applied }) => !applied);
}

function cursorGroups(batch: CommitBatch): readonly GuardedChange[] {
  return (batch.guarded ?? []).filter(({ when }) => when.some(isCursor));
}

function isCursor({ space }: { readonly space: string }): boolean {
  return space === 'cursor';
}

const nothing: CommitBatch = {
  worker: null,
  starts: [],
  sends: [],
  entries: [],
  waits: [],
  endedWaits: [],
  consumed: [],
  runs: [],
};

function describeWrite(struck: { readonly method: string; readonly batch: CommitBatch | undefined }): string {
  const { method, batch } = struck;
  if (batch === undefined) return method === 'claim' ? 'the claim of a run' : 'the release of delayed events';
  const parts = [
    ...cursorGroups(batch).map(describeGroup),
    ...(batch.appends ?? []).map(({ topic, records }) => `${records.length} event(s) for topic "${topic}"`),
    ...batch.entries.map(({ seq, kind, name }) => `journal position ${seq} (${kind} "${name}")`),
    ...batch.starts.map(({ id }) => `the start of run "${id}"`),
    ...batch.sends.map(({ kind, name }) => `the message ${kind} "${name}"`),
    ...batch.runs.map(({ state }) => `a run that is ${state} now`),
  ];
  if (parts.length === 0) return `a commit of ${batch.waits.length + batch.endedWaits.length} wait(s)`;
  const shown = parts.slice(0, 3).join(', ');
  return parts.length > 3 ? `${shown} and ${parts.length - 3} more` : shown;
}

function describeGroup({ when, cells, starts, sends, appends = [] }: GuardedChange): string {
  const cursor = when.find(isCursor)?.key ?? '';
  const dead = cells.filter(({ space }) => space.startsWith('dead:')).length;
  const counts = [
    ...appends.map(({ topic, records }) => `${records.length} event(s) for topic "${topic}"`),
    ...(starts.length > 0 ? [`the start of ${starts.length} run(s)`] : []),
    ...(sends.length > 0 ? [`${sends.length} message(s)`] : []),
    ...(dead > 0 ? [`${dead} dead letter(s)`] : []),
  ];
  const beside = counts.length === 0 ? '' : ` with ${counts.join(', ')}`;
  return `the position of subscription "${cursor}"${beside}`;
}
