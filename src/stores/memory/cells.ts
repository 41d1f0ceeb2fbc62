import {
  absentCell,
  type CellCondition,
  type CellFilter,
  type CellRecord,
  type CellWrite,
} from '../../engine/index.ts';
import { compareText } from './compare-text.ts';
import { copyCell } from './copies.ts';

const listLimitDefault = 100;

/** The cells of all spaces. Versions are counted over all of them, so that none is given twice. */
export class Cells {
  readonly #bySpace = new Map<string, Map<string, CellRecord>>();
  #lastVersion = 0;

  /** Returns the new version; `absentCell` after a deletion. */
  write(write: CellWrite): number {
    const { space, key, value } = write;
    if (value === null) {
      this.#delete(space, key);
      return absentCell;
    }
    this.#lastVersion += 1;
    const cell = copyCell({ key, value, version: this.#lastVersion });
    const cells = this.#bySpace.get(space);
    if (cells === undefined) this.#bySpace.set(space, new Map([[key, cell]]));
    else cells.set(key, cell);
    return cell.version;
  }

  holds(condition: CellCondition): boolean {
    return (this.get(condition.space, condition.key)?.version ?? absentCell) === condition.version;
  }

  get(space: string, key: string): CellRecord | undefined {
    return this.#bySpace.get(space)?.get(key);
  }

  list(space: string, filter: CellFilter): readonly CellRecord[] {
    const { prefix = '', after, limit = listLimitDefault } = filter;
    return [...(this.#bySpace.get(space)?.values() ?? [])]
      .filter((cell) => cell.key.startsWith(prefix))
      .filter((cell) => after === undefined || compareText(cell.key, after) > 0)
      .toSorted((one, other) => compareText(one.key, other.key))
      .slice(0, limit);
  }

  spaces(): readonly string[] {
    return [...this.#bySpace.keys()].toSorted(compareText);
  }

  #delete(space: string, key: string): void {
    const cells = this.#bySpace.get(space);
    cells?.delete(key);
    if (cells?.size === 0) this.#bySpace.delete(space);
  }
}
