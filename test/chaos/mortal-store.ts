import type { CommitBatch, Store } from '../../src/engine/index.ts';
import { createSqliteStore, type WritePoint } from '../../src/stores/sqlite/index.ts';

/** Where a process kills itself: at a boundary of its `at`-th commit of those that count. */
export interface DeathPoint {
  readonly point: WritePoint;
  readonly at: number;
}

/** Opens a file of several processes in one that is to die at a point; null: never. `counts` says which commits count. */
export async function openMortalStore(
  file: string,
  death: DeathPoint | null,
  counts: (batch: CommitBatch) => boolean,
): Promise<Store> {
  /** Whether the commit at hand is the one at which this process dies. */
  let isFatal = false;
  let seen = 0;
  const onWrite = (point: WritePoint): void => {
    if (isFatal && point === death?.point) process.kill(process.pid, 'SIGKILL');
  };
  const store = await createSqliteStore({ file, pollMs: 5, hooks: { onWrite } });
  // Its transactions are over when its calls return.
  const commit: Store['commit'] = (batch) => {
    const isCounted = counts(batch);
    if (isCounted) seen += 1;
    isFatal = isCounted && seen === death?.at;
    const result = store.commit(batch);
    isFatal = false;
    return result;
  };
  return withMethods(store, { commit });
}

/** The store with some of its methods replaced. */
export function withMethods(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name): unknown {
      const replaced: unknown = Reflect.get(methods, name);
      if (replaced !== undefined) return replaced;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
