/** What a program must come to, said without any engine. */
import { stepValue, type Program } from './program.ts';

/** Stands for whatever depends on who was first. */
const anything = '*';

/** A value or the message of an error, in which `anything` fits everything. */
export interface Prediction {
  readonly isOk: boolean;
  readonly value: unknown;
}

/** The outcome of a program that nobody cancels. */
// oxlint-disable-next-line complexity, consistent-return -- one line for each kind of node, and the compiler knows that none is missing
export function predict(program: Program): Prediction {
  switch (program.op) {
    case 'step':
      return ok(stepValue(program.name, program.size));
    case 'undoable':
      return ok(stepValue(program.name, 10));
    case 'fatal':
      return { isOk: false, value: `fatal ${program.name}` };
    case 'sleep':
    case 'status':
      return ok(program.name);
    case 'wait':
    case 'ask':
      return ok(program.timeoutMs === null ? `for ${program.name}` : anything);
    case 'hear':
      return ok(
        program.timeoutMs === null ? Array.from({ length: program.times }, () => program.word) : anything,
      );
    case 'tell':
      return ok(`told ${program.name}`);
    case 'hearAny':
      return ok(anything);
    case 'echo':
      return ok(`echo ${program.name}`);
    case 'send':
    case 'race':
    case 'limited':
      return ok(anything);
    case 'start':
      return ok(`started ${program.name}`);
    case 'try': {
      const tried = predict(program.part);
      return tried.isOk ? tried : ok({ caught: tried.value });
    }
    case 'call':
    case 'patch':
      return predict(program.part);
    case 'seq':
      return inSequence(program.parts);
    case 'all':
    case 'parallel':
      return together(program.parts);
    case 'settled':
      return ok(program.parts.map((part) => settledAs(predict(part))));
  }
}

/** Whether a value is one of those that the pattern stands for. */
export function matches(pattern: unknown, value: unknown): boolean {
  if (pattern === anything) return true;
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) &&
      value.length === pattern.length &&
      pattern.every((part, index) => matches(part, value[index]))
    );
  }
  if (typeof pattern !== 'object' || pattern === null) return pattern === value;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(pattern).every(([key, part]) =>
    matches(part, (value as Record<string, unknown>)[key]),
  );
}

/** How `settled` shows an outcome. */
export function settledAs({ isOk, value }: Prediction): unknown {
  return isOk ? { value } : { failed: value };
}

function ok(value: unknown): Prediction {
  return { isOk: true, value };
}

function inSequence(parts: readonly Program[]): Prediction {
  const values: unknown[] = [];
  for (const part of parts) {
    const outcome = predict(part);
    if (!outcome.isOk) return outcome;
    values.push(outcome.value);
  }
  return ok(values);
}

function together(parts: readonly Program[]): Prediction {
  const outcomes = parts.map(predict);
  const failed = outcomes.filter((outcome) => !outcome.isOk);
  const [only] = failed;
  if (only === undefined) return ok(outcomes.map((outcome) => outcome.value));
  // The first to fail is thrown; with several that is a matter of time.
  return failed.length === 1 ? only : { isOk: false, value: anything };
}
