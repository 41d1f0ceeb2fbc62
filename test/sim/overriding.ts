import type { Store } from '../../src/engine/index.ts';

/** A store some of whose methods are others. */
export function overriding<S extends Store>(store: S, changed: Partial<Store>): S {
  return new Proxy(store, {
    get(target, name): unknown {
      const own: unknown = Reflect.get(changed, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
