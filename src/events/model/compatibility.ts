import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';

/**
 * What a new schema of an event must keep, in the words of Confluent's registry.
 * `backward`: new code reads what older code wrote. `forward`: older code reads what new code writes. `full`: both. Compared is the
 * schema deployed last; `…Transitive`: every one that was deployed. `none`: nothing.
 */
export type Compatibility =
  'none' | 'backward' | 'forward' | 'full' | 'backwardTransitive' | 'forwardTransitive' | 'fullTransitive';

/** A compatibility taken apart. */
export interface CompatibilityRule {
  /** New code reads what older code wrote. */
  readonly readsOlder: boolean;
  /** Older code reads what new code writes, so code may be handed data of a newer version. */
  readonly isReadByOlder: boolean;
  /** Every schema that was deployed counts, not the last alone. */
  readonly isTransitive: boolean;
}

/** What holds where nothing is said. */
export const compatibilityDefault: Compatibility = 'backward';

const rules: Readonly<Record<Compatibility, CompatibilityRule>> = {
  none: { readsOlder: false, isReadByOlder: false, isTransitive: false },
  backward: { readsOlder: true, isReadByOlder: false, isTransitive: false },
  forward: { readsOlder: false, isReadByOlder: true, isTransitive: false },
  full: { readsOlder: true, isReadByOlder: true, isTransitive: false },
  backwardTransitive: { readsOlder: true, isReadByOlder: false, isTransitive: true },
  forwardTransitive: { readsOlder: false, isReadByOlder: true, isTransitive: true },
  fullTransitive: { readsOlder: true, isReadByOlder: true, isTransitive: true },
};

/** What a compatibility demands. */
export function ruleOf(compatibility: Compatibility): CompatibilityRule {
  return rules[compatibility];
}

/** Whether a text names a compatibility. */
export function isCompatibility(value: unknown): value is Compatibility {
  return typeof value === 'string' && Object.hasOwn(rules, value);
}

/** @throws TUTTI_OPTION_INVALID, with the nearest name, for a text that names none. */
export function checkCompatibility(value: unknown, what: string): void {
  if (isCompatibility(value)) return;
  const names = Object.keys(rules);
  const nearest = typeof value === 'string' ? nearestName(value, names) : undefined;
  const hint = nearest === undefined ? `expected one of ${names.join(', ')}` : `did you mean "${nearest}"?`;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `compatibility of ${what} is ${JSON.stringify(value) ?? typeof value}; ${hint}.`,
  );
}
