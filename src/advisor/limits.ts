import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { TuttiError } from '../base/tutti-error.ts';

/**
 * The numbers behind the exclusions. They are defaults until someone measures: a file with measured values may replace
 * any of them, and names where they come from.
 */
export interface Limits {
  /** Where the numbers come from; shown with every exclusion. */
  readonly source: string;
  /** A pipeline starts at most this many runs per second. */
  readonly pipelineStartsPerSecondMax: number;
  /** A pipeline cannot promise a first result within this many milliseconds or fewer. */
  readonly pipelineLatencyMsMin: number;
  /** Stateful workflows start at most this many durable runs per second. */
  readonly statefulStartsPerSecondMax: number;
  /** From this many starts per second on, a durable commit per step does not fit into {@link statefulFastLatencyMs}. */
  readonly statefulFastStartsPerSecondMax: number;
  /** The deadline, in milliseconds, that goes with {@link statefulFastStartsPerSecondMax}. */
  readonly statefulFastLatencyMs: number;
  /** More hand-offs per second inside one run than this belong into one process. */
  readonly transitionsPerSecondMax: number;
}

/** The limits as they are before anyone has measured. */
export const defaultLimits: Limits = {
  source: 'defaults, not measured here',
  pipelineStartsPerSecondMax: 1_000,
  pipelineLatencyMsMin: 1_000,
  statefulStartsPerSecondMax: 10_000,
  statefulFastStartsPerSecondMax: 1_000,
  statefulFastLatencyMs: 100,
  transitionsPerSecondMax: 10,
};

/**
 * Limits from the content of a file: each value given replaces the default. `source` is required as soon as there is
 * one, because a number without an origin cannot be argued about.
 *
 * @throws TUTTI_OPTION_UNKNOWN with the nearest name, TUTTI_OPTION_INVALID for anything but a positive number.
 */
export function readLimits(value: unknown): Limits {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      'The limits are not an object; expected { "source": …, … }.',
    );
  }
  refuseUnknownOptions(value, Object.keys(defaultLimits), 'the limits');
  const given = value as Readonly<Record<string, unknown>>;
  if (typeof given['source'] !== 'string' || given['source'].trim() === '') {
    throw new TuttiError(
      'TUTTI_OPTION_INVALID',
      `The limits have ${JSON.stringify(given['source'])} as 'source'; expected a text that says where they were measured.`,
    );
  }
  for (const [name, number] of Object.entries(given)) {
    const isFit = name === 'source' || (typeof number === 'number' && number > 0 && Number.isFinite(number));
    if (!isFit) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        `The limit '${name}' is ${JSON.stringify(number)}; expected a number above 0.`,
      );
    }
  }
  return { ...defaultLimits, ...(given as Partial<Limits>) };
}
