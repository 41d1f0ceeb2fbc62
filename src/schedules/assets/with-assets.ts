import { resolveRetryPolicy } from '../../base/retry-policy.ts';
import type { AssetUse, Definition, RunHandle } from '../../engine/index.ts';
import { updateCells } from './asset-updates.ts';

/** Told in this process that assets were updated; other processes hear of the commit. */
export class AssetNotices {
  #listener: () => void = () => undefined;

  /** Whom to tell from now on. */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  /** Assets were updated, durably. */
  updated(): void {
    this.#listener();
  }
}

/** Steps of this wrapper have a path of their own, where no step of the code can be. */
const path = '/assets';

/**
 * The definition with a last step that says what the run made. The update and the end of that step are one transaction, so an
 * update is neither lost nor made twice; a run that fails or is canceled updates nothing.
 */
export function withAssets(definition: Definition, notices: AssetNotices): Definition {
  const use = definition.assets;
  if (use === undefined || use.produces.length === 0) return definition;
  return {
    ...definition,
    execute: async (run, input) => {
      const output = await definition.execute(run, input);
      await announce(use, run, { input, output });
      notices.updated();
      return output;
    },
  };
}

async function announce(
  use: AssetUse,
  run: RunHandle,
  made: { readonly input: unknown; readonly output: unknown },
): Promise<void> {
  await run.step({
    place: { path, cancelScope: run.root },
    name: 'update assets',
    body: async (attempt) => {
      const isUnchanged = use.isUnchanged?.(made) === true;
      for (const cell of updateCells(use, run, made))
        if (!isUnchanged || (await attempt.readCellValue(cell)) === undefined) attempt.writeCell(cell);
    },
    retry: resolveRetryPolicy({ maximumAttempts: 1 }, 'the update of assets'),
    attemptTimeoutMs: null,
    timeoutMs: null,
  });
}
