/**
 * Cells: small durable values that belong to no run, found by a space and a key. Schedules keep their next time in them,
 * subscriptions their position, and so on.
 */
import type { Payload } from './payload.ts';

/** The name of a cell. */
export interface CellName {
  /** Whose cells these are, for example `schedule`; a space is listed on its own. */
  readonly space: string;
  readonly key: string;
}

/** A value on its way into a cell. The last write counts. */
export interface CellWrite extends CellName {
  /**
   * Null deletes the cell; deleting one that is not there does nothing. Not a reference into the payload store: nobody
   * would ever delete what it refers to.
   */
  readonly value: Payload | null;
}

/** What must hold of a cell for a guarded group to be applied. */
export interface CellCondition extends CellName {
  /** The version that the cell must have; `absentCell` if it must not be there. */
  readonly version: number;
}

/** The version of a cell that is not there. */
export const absentCell = 0;

/** A cell as the store keeps it. */
export interface CellRecord {
  readonly key: string;
  readonly value: Payload;
  /**
   * Counted by the store over all cells: it grows with every write, and no version is ever given twice. So a cell that was
   * deleted and written again is told apart from the one before.
   */
  readonly version: number;
}

/** Which cells of a space to list, in the order of their keys (by code point). */
export interface CellFilter {
  /** Cells whose key starts with this text. */
  readonly prefix?: string;
  /** Only cells with a greater key: the key of the last cell of the page before. */
  readonly after?: string;
  /** Default 100. */
  readonly limit?: number;
}
