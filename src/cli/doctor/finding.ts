/** What one check found. */
export interface Finding {
  readonly check: string;
  /** `warning` deserves a look, `failed` needs a repair. */
  readonly result: 'ok' | 'warning' | 'failed';
  readonly finding: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

/** A check that found nothing wrong. */
export function fine(check: string, finding: string): Finding {
  return { check, result: 'ok', finding, remedy: '' };
}
