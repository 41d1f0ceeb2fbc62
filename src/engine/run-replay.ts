import type { IssuedOperations } from './issued-operations.ts';
import type { JournalEntry } from './model/journal.ts';
import type { RunRecord } from './model/run.ts';
import type { Operation } from './operations/operation.ts';
import type { RunServices } from './operations/run-services.ts';
import type { ReplayScript } from './replay-script.ts';
import { missingInCode, unfinishedJournal } from './run-errors.ts';
import type { Landed } from './run-journal.ts';
import type { RunMaterial } from './run-material.ts';

/** The run as its replay needs it. */
export interface ReplayedRun {
  readonly record: RunRecord;
  readonly services: RunServices;
  readonly material: RunMaterial;
  readonly issued: IssuedOperations;
}

/** The journal of one live run as it answers the code, until it is through; and whether code and journal fit each other. */
export class RunReplay {
  readonly #run: ReplayedRun;
  #script: ReplayScript | null;
  /** What the code was told of each mark it asked for. */
  #marks: Map<string, boolean> | null = null;

  constructor(run: ReplayedRun) {
    this.#run = run;
    this.#script = run.material.script;
  }

  /** Null once the replay has ended. */
  get script(): ReplayScript | null {
    return this.#script;
  }

  /** Whether the journal has more to say to the code. */
  get isAnswering(): boolean {
    return this.#script !== null && !this.#script.isOver;
  }

  /** See `RunHandle.isRecorded`. */
  isRecorded(key: string): boolean {
    return this.#script?.hasEnded(key) === true;
  }

  /** What the code is told of a mark, the same whenever it asks; and whether the journal is to be told of it. */
  mark(name: string): { readonly isSet: boolean; readonly isNew: boolean } {
    const told = this.#marks?.get(name);
    if (told !== undefined) return { isSet: told, isNew: false };
    const isRecorded = this.#run.material.script.hasRecord(name);
    const isSet = isRecorded || !this.isAnswering;
    (this.#marks ??= new Map()).set(name, isSet);
    return { isSet, isNew: isSet && !isRecorded };
  }

  /** The next recorded completion; undefined when there is none left. */
  take(): Landed | undefined {
    const script = this.#script;
    if (script === null || script.isOver) return undefined;
    const entry = script.next;
    if (entry === undefined) return undefined;
    script.advance();
    return { entry, operation: this.#run.issued.recorded(entry), text: this.#textOf(entry) };
  }

  /** Says so if the next recorded completion belongs to no operation that the code has issued: then the code has changed. */
  misfit(): Error | null {
    const entry = this.#script?.next;
    if (entry === undefined || entry.kind === 'cancel') return null;
    const { record, issued } = this.#run;
    return issued.accepts(entry) ? null : missingInCode(record, entry, issued.deferredKeys());
  }

  /** Says so if the journal holds completions that code which has ended never asked for. */
  unfinished(): Error | null {
    const { record, issued } = this.#run;
    // What the journal still holds of operations that the code issued came too late for it then as well: the loser of a race.
    const unissued = (this.#script?.remaining ?? []).filter(
      (entry) => entry.kind !== 'cancel' && !issued.accepts(entry),
    );
    return unissued.length === 0 ? null : unfinishedJournal(record, unissued);
  }

  /** The journal is through. Gives the operations that it did not answer, to be begun now. */
  end(): readonly Operation[] {
    this.#script = null;
    return this.#run.issued.endReplay();
  }

  #textOf(entry: JournalEntry): string | null {
    if (entry.payload === null) return null;
    const { services, material } = this.#run;
    return services.payloads.textNow(entry.payload) ?? material.texts.get(entry.seq) ?? null;
  }
}
