/** The demo's pipeline lives in examples/daily-sales and uses the package by its public name, as a user's code would. */
import { existsSync } from 'node:fs';
import type { Pipeline } from '../../pipelines/index.ts';

/** From src/cli/demo and from dist/cli/demo the repository's root is equally far. */
const location = new URL('../../../examples/daily-sales/pipeline.ts', import.meta.url);

/** The pipeline with everything of it below a directory; null where the example, or the database it loads into, is not installed. */
export async function openDailySales(directory: string): Promise<Pipeline | null> {
  if (!existsSync(location)) return null;
  try {
    const example = (await import(location.href)) as { dailySalesIn(directory: string): Pipeline };
    return example.dailySalesIn(directory);
  } catch (error) {
    // DuckDB has no build for every machine; the onboarding does without.
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
