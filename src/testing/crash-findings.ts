import { encodeValue } from '../base/codec.ts';
import type { CrashPoint } from './crash-point.ts';
import type { Traces } from './crash-run.ts';
import type { Effect } from './effect-log.ts';

/** What a crash changed that it must not change. */
export interface CrashFinding {
  /** Where the process was killed; null for what went wrong without any crash. */
  readonly point: CrashPoint | null;
  /** What was being written then, for people. */
  readonly struckAt: string;
  /**
   * `unstable`: two runs without a crash differ already. `stuck`: it never came to an end. `outcome`: state, output or error
   * differs. `journal`: an operation ended otherwise, or exists in one of the two only. `topic`: a topic holds other events, or a
   * subscription gave up on others, stands elsewhere or left other state. `effect-lost`: something was not done.
   * `effect-doubled`: something was done more often, and not under one idempotency key. `effect-changed`: the same key, and
   * something else was done. `zombie`: the killed process could still write.
   */
  readonly kind:
    | 'unstable'
    | 'stuck'
    | 'outcome'
    | 'journal'
    | 'topic'
    | 'effect-lost'
    | 'effect-doubled'
    | 'effect-changed'
    | 'zombie';
  /** What differs, in one sentence. */
  readonly message: string;
}

type Difference = Pick<CrashFinding, 'kind' | 'message'>;

/** What differs between the run that was left alone and another. */
export function compareTraces(expected: Traces, got: Traces): readonly Difference[] {
  const differences: Difference[] = [];
  if (!got.isZombieRefused) {
    differences.push({
      kind: 'zombie',
      message: 'the store took a commit of the killed process after its death',
    });
  }
  for (const [run, was, is] of differing(expected.outcomes, got.outcomes)) {
    differences.push({
      kind: 'outcome',
      message: `run "${run}" ended otherwise: ${cut(is)}, without a crash ${cut(was)}`,
    });
  }
  for (const [operation, was, is] of differing(expected.facts, got.facts)) {
    differences.push({
      kind: 'journal',
      message: `the journal says otherwise of ${operation}: ${cut(is)}, without a crash ${cut(was)}`,
    });
  }
  for (const [what, was, is] of differing(expected.topics, got.topics)) {
    differences.push({ kind: 'topic', message: `${what}: ${cut(is)}, without a crash ${cut(was)}` });
  }
  return [...differences, ...compareEffects(expected, got)];
}

function compareEffects(expected: Traces, got: Traces): readonly Difference[] {
  const differences: Difference[] = [];
  const names = new Set([...expected.effects, ...got.effects].map((effect) => effect.name));
  const describe = expected.areKeysFixed ? describeEffect : ({ detail }: Effect): string => detailOf(detail);
  for (const name of names) {
    const before = distinct(expected.effects.filter((effect) => effect.name === name));
    const after = distinct(got.effects.filter((effect) => effect.name === name));
    if (after.length < before.length) {
      differences.push({
        kind: 'effect-lost',
        message: `effect "${name}" happened ${times(after.length)}, without a crash ${times(before.length)}`,
      });
    } else if (after.length > before.length) {
      differences.push({ kind: 'effect-doubled', message: doubled(name, before, after) });
    } else differences.push(...changed(name, before.map(describe), after.map(describe)));
  }
  return differences;
}

/** A receiver that knows idempotency keys does the same thing under one key once. */
function distinct(effects: readonly Effect[]): readonly Effect[] {
  const seen = new Set<string>();
  return effects.filter(({ key, detail }) => {
    if (key === null) return true;
    const identity = `${key} ${detailOf(detail)}`;
    return !seen.has(identity) && seen.add(identity).size > 0;
  });
}

function doubled(name: string, before: readonly Effect[], after: readonly Effect[]): string {
  const count = `effect "${name}" happened ${times(after.length)}, without a crash ${times(before.length)}`;
  const keyless = after.some((effect) => effect.key === null);
  return keyless
    ? `${count}, and no idempotency key tells its receiver; give it step.idempotencyKey`
    : `${count}, under different keys or with different details: ${after.map(describeEffect).join('; ')}`;
}

function changed(name: string, before: readonly string[], after: readonly string[]): readonly Difference[] {
  const was = before.toSorted();
  const is = after.toSorted();
  const index = is.findIndex((one, at) => one !== was[at]);
  if (index === -1) return [];
  return [
    {
      kind: 'effect-changed',
      message: `effect "${name}" was another one: ${is[index]}, without a crash ${was[index]}`,
    },
  ];
}

function describeEffect({ key, detail }: Effect): string {
  return `${detailOf(detail)} under ${key === null ? 'no key' : `key ${key}`}`;
}

function detailOf(detail: unknown): string {
  return cut(encodeValue(detail, 'the detail of an effect'));
}

function differing(
  expected: ReadonlyMap<string, string>,
  got: ReadonlyMap<string, string>,
): readonly (readonly [key: string, was: string, is: string])[] {
  const keys = new Set([...expected.keys(), ...got.keys()]);
  return [...keys]
    .map((key) => [key, expected.get(key) ?? 'it is not there', got.get(key) ?? 'it is not there'] as const)
    .filter(([, was, is]) => was !== is);
}

function times(count: number): string {
  if (count === 0) return 'never';
  return count === 1 ? 'once' : `${count} times`;
}

const shownMax = 300;

function cut(text: string): string {
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}...`;
}
