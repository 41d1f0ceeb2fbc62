import { encodeValue } from '../base/codec.ts';

/** Something a step did outside, where no journal can take it back. */
export interface Effect {
  /** What was done: `charge`, `mail`, ... */
  readonly name: string;
  /** The idempotency key the receiver was given; null if it was given none, and then it cannot tell a repetition. */
  readonly key: string | null;
  /** What else was said; storable. */
  readonly detail: unknown;
}

/** The outside world of a crash test: fakes of outside services write down here what they were asked to do. */
export interface EffectLog {
  /** What was done so far, the oldest first. */
  readonly effects: readonly Effect[];
  /** Writes down that something was done. @throws TUTTI_VALUE_NOT_STORABLE for a detail that cannot be compared. */
  record(name: string, effect?: { readonly key?: string; readonly detail?: unknown }): void;
  /** Forgets everything; the crash test does so before each run. */
  clear(): void;
}

/**
 * A new record of outside effects, kept outside of every engine, as the world is.
 *
 * @example
 * const effects = effectLog();
 * const payments = { charge: (cents: number, key: string) => effects.record('charge', { key, detail: { cents } }) };
 */
export function effectLog(): EffectLog {
  let effects: Effect[] = [];
  return {
    get effects() {
      return effects;
    },
    record: (name, { key, detail = null } = {}) => {
      encodeValue(detail, `the detail of effect "${name}"`);
      effects.push({ name, key: key ?? null, detail });
    },
    clear: () => {
      effects = [];
    },
  };
}
