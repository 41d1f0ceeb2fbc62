import { isTuttiError } from '../base/tutti-error.ts';
import type { CommitBatch, Store } from '../engine/index.ts';
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
  #struck: { readonly batch: CommitBatch | undefined } | null = null;

  /** Null for a run that is left alone. */
  constructor(point: CrashPoint | null) {
    this.#point = point;
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
    return this.#struck === null ? 'nothing' : describeWrite(this.#struck.batch);
  }

  /** Positions of the journals that the struck commit was to write. */
  get positions(): readonly string[] {
    return (this.#struck?.batch?.entries ?? []).map((entry) => `${entry.run}:${entry.seq}`);
  }

  readonly watch: WriteWatch = ({ method, batch }, moment) => {
    // A claim is a write only if it gave something, and killed before it nothing has happened.
    if (moment === (method === 'commit' ? 'before' : 'after')) this.#writes += 1;
    const point = this.#point;
    if (point === null || this.hasStruck) return false;
    if (this.#writes !== point.write || moment !== point.moment) return false;
    this.#struck = { batch };
    return true;
  };

  /**
   * The killed process wakes up after it was declared dead and sends what it was about to send. False if the store took it,
   * which breaks I2.
   */
  async isZombieRefused(store: Store): Promise<boolean> {
    const batch = this.#struck?.batch;
    if (batch === undefined || this.#point?.moment !== 'before' || batch.worker === null) return true;
    try {
      await store.commit(batch);
      return false;
    } catch (error) {
      return isTuttiError(error) && error.code === 'TUTTI_OWNER_LOST';
    }
  }
}

function describeWrite(batch: CommitBatch | undefined): string {
  if (batch === undefined) return 'the claim of a run';
  const parts = [
    ...batch.entries.map(({ seq, kind, name }) => `journal position ${seq} (${kind} "${name}")`),
    ...batch.starts.map(({ id }) => `the start of run "${id}"`),
    ...batch.sends.map(({ kind, name }) => `the message ${kind} "${name}"`),
    ...batch.runs.map(({ state }) => `a run that is ${state} now`),
  ];
  if (parts.length === 0) return `a commit of ${batch.waits.length + batch.endedWaits.length} wait(s)`;
  const shown = parts.slice(0, 3).join(', ');
  return parts.length > 3 ? `${shown} and ${parts.length - 3} more` : shown;
}
