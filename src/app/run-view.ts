import type { DefinitionKind, RunState } from '../engine/index.ts';

/** A run as people and programs outside see it. Times are milliseconds since the epoch. */
export interface RunView {
  readonly id: string;
  /** 1 for the first run under this id; an older generation is addressed as `id@generation`. */
  readonly generation: number;
  readonly kind: DefinitionKind;
  readonly definition: string;
  readonly version: string;
  readonly state: RunState;
  readonly status: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly updatedAt: number;
  readonly endedAt: number | null;
  readonly deadlineAt: number | null;
  /** Name of the worker that holds it now, if any. */
  readonly worker: string | null;
  /** Id of the run that called this one, if any. */
  readonly parent: string | null;
}
