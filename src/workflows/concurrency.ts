import { TuttiError } from '../base/tutti-error.ts';

/**
 * Runs `body` for each item, at most `concurrency` at a time, in order of the items; results keep that order. The first
 * failure is thrown and keeps items that have not begun from beginning.
 * @throws TUTTI_OPTION_INVALID for a concurrency below 1.
 */
export async function runConcurrently<T>(
  items: readonly T[],
  concurrency: number | undefined,
  body: (item: T, index: number) => unknown,
): Promise<unknown[]> {
  const limit = concurrency ?? items.length;
  if (items.length > 0 && !(limit >= 1)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `concurrency is ${String(concurrency)}; expected a whole number from 1.`,
    );
  }
  const results: unknown[] = Array.from({ length: items.length });
  let next = 0;
  let hasFailed = false;
  const work = async (): Promise<void> => {
    while (next < items.length && !hasFailed) {
      const index = next;
      next += 1;
      try {
        results[index] = await body(items[index] as T, index);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  return results;
}
