import type { AssetUse } from './model/asset.ts';
import type { WantedEvent } from './model/event-wait.ts';
import type { DefinitionKind } from './model/run.ts';
import type { Schedule } from './model/schedule.ts';
import type { RunHandle } from './run-handle.ts';

declare const io: unique symbol;

/** Whatever can be run by its name, of any paradigm: `I` is what a run is started with, `O` what it results in. */
export interface Callable<I, O> {
  readonly name: string;
  /** For the type checker only; a method, so that every definition fits where any is expected. */
  [io]?(input: I): O;
}

/** What the engine needs of a definition, whatever the paradigm it was written in. */
export interface Definition {
  readonly kind: DefinitionKind;
  /** Unique among all definitions of an engine, of every kind. */
  readonly name: string;
  readonly version: string;
  /** Run timeout in milliseconds; null for none. */
  readonly timeoutMs: number | null;
  /** See `WorkflowOptions.durability`. */
  readonly durability: 'strict' | 'batched';
  /**
   * Runs the code from its beginning. Called again for every replay; must issue the same operations as long as the journal
   * answers them. A rejection with the reason of the run's cancellation ends it as canceled, any other as failed.
   */
  execute(run: RunHandle, input: unknown): Promise<unknown>;
  /** Checks and completes an input before a run is started. @throws TUTTI_INPUT_INVALID */
  acceptInput(input: unknown): Promise<unknown>;
  /** Checks and completes a signal's payload before it is accepted. @throws TUTTI_SIGNAL_UNKNOWN, TUTTI_INPUT_INVALID */
  acceptSignal(name: string, payload: unknown): Promise<unknown>;
  /** Events that cancel a run with this input; absent for none. Called again in every replay. @throws TUTTI_PATTERN_INVALID */
  readonly cancelOn?: (input: unknown) => readonly WantedEvent[];
  /** JSON Schema of the input, if it can describe itself, else null. */
  readonly inputForm: unknown;
  /** Names of the signals it accepts; null for any. */
  readonly signalNames: readonly string[] | null;
  /** When runs start by themselves. Default: never. */
  readonly schedules?: readonly Schedule[];
  /** The data its runs make and read, and whether an update starts one. Default: none. */
  readonly assets?: AssetUse;
  /** A run waits for, or refuses without, the run of the interval before: it must not be backfilled in reverse. Default false. */
  readonly dependsOnPast?: boolean;
}
