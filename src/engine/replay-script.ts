import { operationKey, type EntryKind, type JournalEntry } from './model/journal.ts';

/** What the journal knows of an operation that has not ended: how often it was tried, and when the next try is due. */
export interface RecordedAttempts {
  readonly failed: number;
  readonly last: JournalEntry;
  /** When the first attempt began; the step's overall timeout counts from there. */
  readonly firstStartedAt: number;
}

/** An operation that the code issues, as it is compared with the journal. */
export interface IssuedOperation {
  readonly kind: EntryKind;
  readonly identity: {
    readonly scope: string;
    readonly name: string;
    readonly occurrence: number;
    readonly key: string;
  };
}

/** How many entries are looked at before keys are made: code without branches issues what the next one answers. */
const lookAhead = 4;

/**
 * A journal as replay reads it: which operations have ended, in which order to say so, and what is left to say.
 * Pure; knows neither runs nor stores. Keys of operations are texts, whose making is most of what a replay costs, so none is
 * made for code that goes through its journal in order.
 */
export class ReplayScript {
  readonly #completions: readonly JournalEntry[];
  /** Keys of what has ended; made when first asked for. */
  #ended: Set<string> | null = null;
  readonly #attempts = new Map<string, RecordedAttempts>();
  readonly #records = new Set<string>();
  #position = 0;

  constructor(journal: readonly JournalEntry[]) {
    const completions: JournalEntry[] = [];
    for (const entry of journal) {
      if (entry.kind === 'attempt') this.#noteAttempt(keyOf(entry), entry);
      else if (entry.kind === 'record') this.#records.add(entry.name);
      else completions.push(entry);
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

  /** Whether the journal says how the operation with this key ended. */
  hasEnded(key: string): boolean {
    return this.#endedKeys().has(key);
  }

  /** The same for an operation that was issued just now: no two have one identity, so the answer lies ahead if there is one. */
  willAnswer(operation: IssuedOperation): boolean {
    const end = Math.min(this.#position + lookAhead, this.#completions.length);
    for (let i = this.#position; i < end; i += 1) {
      const entry = this.#completions[i];
      if (entry !== undefined && isOf(entry, operation)) return true;
    }
    return end < this.#completions.length && this.hasEnded(operation.identity.key);
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

  #endedKeys(): ReadonlySet<string> {
    this.#ended ??= new Set(this.#completions.filter(({ kind }) => kind !== 'cancel').map(keyOf));
    return this.#ended;
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

/** Whether the entry says how this operation ended. */
export function isOf(entry: JournalEntry, { kind, identity }: IssuedOperation): boolean {
  return (
    entry.occurrence === identity.occurrence &&
    entry.name === identity.name &&
    entry.scope === identity.scope &&
    entry.kind === kind
  );
}

/** The identity of the operation an entry belongs to; attempts belong to their step. */
export function keyOf(entry: JournalEntry): string {
  const kind = entry.kind === 'attempt' ? 'step' : entry.kind;
  return operationKey(entry.scope, kind, entry.name, entry.occurrence);
}
