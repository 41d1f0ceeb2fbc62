/** What rules a paradigm out, whatever the points say. The sentence is always shown. */
import type { Limits } from './limits.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import { optionOf, questionOf, type Option, type QuestionTable } from './question.ts';

/** A paradigm that is out, by which rule, and why. */
export interface Exclusion {
  readonly paradigm: Paradigm;
  readonly rule: string;
  readonly sentence: string;
}

/** What the rules look at. */
interface Facts {
  readonly limits: Limits;
  /** The chosen option of a question. */
  readonly option: (question: string) => Option | undefined;
}

interface Rule {
  readonly id: string;
  readonly excludes: readonly Paradigm[];
  /** The sentence when the rule applies. */
  readonly check: (facts: Facts) => string | undefined;
}

const rules: readonly Rule[] = [
  {
    id: 'pipeline-cycle',
    excludes: ['pipeline'],
    check: ({ option }) =>
      option('shape')?.id === 'loops'
        ? 'A pipeline is a graph without cycles; it cannot express a loop with an unknown number of rounds.'
        : undefined,
  },
  {
    id: 'pipeline-latency',
    excludes: ['pipeline'],
    check: ({ option, limits }) =>
      isWithin(option('latency'), limits.pipelineLatencyMsMin)
        ? `A pipeline cannot promise a first result within ${limits.pipelineLatencyMsMin} ms (${limits.source}).`
        : undefined,
  },
  {
    id: 'pipeline-starts',
    excludes: ['pipeline'],
    check: ({ option, limits }) =>
      isAbove(option('throughput'), limits.pipelineStartsPerSecondMax)
        ? `A pipeline cannot start more than ${amount(limits.pipelineStartsPerSecondMax)} runs per second (${limits.source}).`
        : undefined,
  },
  {
    id: 'stateful-starts',
    excludes: ['stateful'],
    check: ({ option, limits }) =>
      isAbove(option('throughput'), limits.statefulStartsPerSecondMax)
        ? `More than ${amount(limits.statefulStartsPerSecondMax)} durable starts per second do not fit a stateful workflow (${limits.source}).`
        : undefined,
  },
  {
    id: 'stateful-fast-starts',
    excludes: ['stateful'],
    check: ({ option, limits }) =>
      isWithin(option('latency'), limits.statefulFastLatencyMs) &&
      isAbove(option('throughput'), limits.statefulFastStartsPerSecondMax)
        ? `One durable commit per step does not fit into ${limits.statefulFastLatencyMs} ms at more than ` +
          `${amount(limits.statefulFastStartsPerSecondMax)} starts per second (${limits.source}).`
        : undefined,
  },
  {
    id: 'too-fine-grained',
    excludes: paradigms,
    check: ({ option, limits }) =>
      isAbove(option('transitions'), limits.transitionsPerSecondMax)
        ? `More than ${limits.transitionsPerSecondMax} hand-offs per second inside one run cost more than the work: ` +
          'keep those steps in one process, and orchestrate at a coarser grain.'
        : undefined,
  },
  {
    id: 'single-step',
    excludes: paradigms,
    check: ({ option }) =>
      option('steps')?.id === 'one'
        ? 'One step alone needs no orchestration: use a plain job or cron.'
        : undefined,
  },
];

/** Whether all of the option lies at or above the limit; measured limits may lie inside a band, which then stays possible. */
function isAbove(option: Option | undefined, limit: number): boolean {
  return option?.from !== undefined && option.from >= limit;
}

/** Whether all of the option lies at or below the limit. */
function isWithin(option: Option | undefined, limit: number): boolean {
  return option?.to !== undefined && option.to <= limit;
}

function amount(value: number): string {
  // Not toLocaleString: loading its data takes longer than all the rest of an advice.
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Everything that is excluded, rule by rule. A question without an answer excludes nothing. */
export function exclusionsOf(
  table: QuestionTable,
  chosen: Readonly<Record<string, string>>,
  limits: Limits,
): readonly Exclusion[] {
  const option = (id: string): Option | undefined => {
    const question = questionOf(table, id);
    const answer = chosen[id];
    return question === undefined || answer === undefined ? undefined : optionOf(question, answer);
  };
  return rules.flatMap(({ id, excludes, check }) => {
    const sentence = check({ limits, option });
    return sentence === undefined ? [] : excludes.map((paradigm) => ({ paradigm, rule: id, sentence }));
  });
}
