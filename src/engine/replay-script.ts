import { operationKey, type JournalEntry } from './model/journal.ts';

/** What the journal knows of an operation that has not ended: how often it was tried, and when the next try is due. */
export interface RecordedAttempts {
  readonly failed: number;
  readonly last: JournalEntry;
  /** When the first attempt began; the step's overall timeout counts from there. */
  readonly firstStartedAt: number;
}

/**
 * A journal as replay reads it: which operations have ended, in which order to say so, and what is left to say.
 * Pure; knows neither runs nor stores.
 */
export class ReplayScript {
  readonly #completions: readonly JournalEntry[];
  readonly #ended = new Set<string>();
  readonly #attempts = new Map<string, RecordedAttempts>();
  readonly #records = new Set<string>();
  #position = 0;

  constructor(journal: readonly JournalEntry[]) {
    const completions: JournalEntry[] = [];
    for (const entry of journal) {
      const key = keyOf(entry);
      if (entry.kind === 'attempt') this.#noteAttempt(key, entry);
      else if (entry.kind === 'record') this.#records.add(entry.name);
      else {
        completions.push(entry);
        if (entry.kind !== 'cancel') this.#ended.add(key);
      }
    }
    this.#completions = completions;
  }

  /** Whether the journal holds nothing that a replay looks for. */
  get isEmpty(): boolean {
    return this.#completions.length === 0 && this.#attempts.size === 0 && this.#records.size === 0;
  }

  /** Whether every completion has been delivered: from here on the run writes new history. */
  get isOver(): boolean {
    return this.#position >= this.#completions.length;
  }

  /** The completion to deliver next. */
  get next(): JournalEntry | undefined {
    return this.#completions[this.#position];
  }

  /** Completions not delivered yet, first the next one. */
  get remaining(): readonly JournalEntry[] {
    return this.#completions.slice(this.#position);
  }

  advance(): void {
    this.#position += 1;
  }

  hasEnded(key: string): boolean {
    return this.#ended.has(key);
  }

  hasRecord(name: string): boolean {
    return this.#records.has(name);
  }

  /** Whether any attempt failed before its step ended. */
  get hasAttempts(): boolean {
    return this.#attempts.size > 0;
  }

  attempts(key: string): RecordedAttempts | undefined {
    return this.#attempts.get(key);
  }

  #noteAttempt(key: string, entry: JournalEntry): void {
    const before = this.#attempts.get(key);
    this.#attempts.set(key, {
      failed: entry.attempt,
      last: entry,
      firstStartedAt: before?.firstStartedAt ?? entry.startedAt,
    });
  }
}

/** The script of a run that has no journal yet. It never moves, so all of them share it. */
export const emptyScript: ReplayScript = new ReplayScript([]);

/** The identity of the operation an entry belongs to; attempts belong to their step. */
export function keyOf(entry: JournalEntry): string {
  const kind = entry.kind === 'attempt' ? 'step' : entry.kind;
  return operationKey(entry.scope, kind, entry.name, entry.occurrence);
}
