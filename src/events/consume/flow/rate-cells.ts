import type { CellWrite, Engine } from '../../../engine/index.ts';
import type { Scheduler, SavedRates } from './scheduler.ts';

/** Keys of one partition's rates read at most. Each is gone once it lies in the past. */
const keysMax = 100_000;

/** The space of the rates that belong to the cursor of this key. */
export function rateSpace(cursor: string): string {
  return `flow:${cursor}`;
}

/**
 * The rates of a subscription in a partition, as cells: one per control and key, written with the cursor, so that a restart or
 * another worker counts on where the last one stopped.
 */
export class RateCells {
  readonly #space: string;

  /** `cursor`: the key of the cursor's cell. */
  constructor(cursor: string) {
    this.#space = rateSpace(cursor);
  }

  /** What a former owner left. */
  async load(engine: Engine): Promise<SavedRates> {
    const cells = await engine.store.listCells(this.#space, { limit: keysMax });
    const rates = { throttle: [] as [string, number][], rateLimit: [] as [string, number][] };
    for (const { key, value } of cells) {
      const control = key.startsWith('throttle/') ? 'throttle' : 'rateLimit';
      rates[control].push([key.slice(control.length + 1), Number(engine.payloads.textNow(value))]);
    }
    return rates;
  }

  /** What changed since the last call. */
  changes(scheduler: Pick<Scheduler<never>, 'throttle' | 'rateLimit'>, now: number): readonly CellWrite[] {
    return (['throttle', 'rateLimit'] as const).flatMap((control) =>
      (scheduler[control]?.changes(now) ?? []).map(([key, due]) => ({
        space: this.#space,
        key: `${control}/${key}`,
        value: due === null ? null : String(due),
      })),
    );
  }
}
