/**
 * What a run is started with beside its parameters: decisions people took about single tasks. Stored with the input, since
 * everything a replay depends on must be.
 */

const brand = 'tutti.pipeline-input';

/** A decision of a person about a task: it counts as ended this way, without being run. */
export interface Mark {
  readonly state: 'success' | 'failed' | 'skipped';
  /** What the task results in, for `success`. */
  readonly value?: unknown;
  /** Who decided, and why: for people. */
  readonly by?: string;
}

/** Everything a run is started with. */
export interface RunInput {
  readonly parameters: unknown;
  /** By task id with positions. */
  readonly marks: Readonly<Record<string, Mark>>;
}

/** The stored form: the parameters themselves while there is nothing else to say. */
export function packInput(input: RunInput): unknown {
  if (Object.keys(input.marks).length === 0) return input.parameters;
  return { [brand]: 1, ...input };
}

/** Reads both stored forms. */
export function unpackInput(stored: unknown): RunInput {
  if (isPacked(stored)) {
    const { parameters, marks } = stored;
    return { parameters, marks };
  }
  return { parameters: stored, marks: {} };
}

function isPacked(stored: unknown): stored is RunInput {
  return typeof stored === 'object' && stored !== null && brand in stored;
}

/** The decision about an instance: its own, or one about all instances of its task. */
export function markFor(marks: RunInput['marks'], instance: string): Mark | undefined {
  if (Object.hasOwn(marks, instance)) return marks[instance];
  const task = instance.replaceAll(/\[\d+\]/g, '');
  return Object.hasOwn(marks, task) ? marks[task] : undefined;
}
