import type { Duration } from '../base/duration.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { HandlerMocks } from './handler-mocks.ts';

/** What the mock of a step is called with. */
export interface StepMockCall {
  /** Which try this is, from 1. */
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly stepName: string;
  /** How many steps of this name the run has issued, this one included. */
  readonly nth: number;
  /** Calls the body of the step itself. */
  readonly original: () => unknown;
  /** Lets virtual time pass, as a step that takes this long; rejects with the reason when the attempt is aborted. */
  readonly takes: (duration: Duration) => Promise<void>;
}

/** What is called instead of a step's body; what it returns or throws is what the step returns or throws. */
export type StepMockBody = (call: StepMockCall) => unknown;

/** Which steps a mock replaces, and how often it fails. */
export interface StepMockOptions {
  /** Only the nth step of this name that a run issues, from 1. Default: each of them. */
  readonly nth?: number;
  /** The first attempts of each step fail with `error`; then the mock answers. Default 0. */
  readonly failTimes?: number;
  /** Default: an Error that says so. */
  readonly error?: Error;
}

/** One call of a mock. */
export interface StepMockRecord {
  readonly runId: string;
  readonly stepName: string;
  readonly nth: number;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly state: 'running' | 'returned' | 'threw';
  readonly result: unknown;
  readonly error: unknown;
}

/** A mock in place. */
export interface StepMock {
  /** Its calls so far, the oldest first. */
  readonly calls: readonly StepMockRecord[];
  /** Takes it away; steps that are issued from now on run their own body again. */
  restore(): void;
}

/** One call of the mock of a workflow. */
export interface WorkflowMockRecord {
  readonly runId: string;
  readonly input: unknown;
}

/** The mock of a workflow in place. */
export interface WorkflowMock {
  readonly calls: readonly WorkflowMockRecord[];
  restore(): void;
}

/** The mock of a step as the test kit holds it. */
export class StepMockRule implements StepMock {
  readonly definition: string;
  readonly stepName: string;
  readonly nth: number | undefined;
  readonly failTimes: number;
  readonly error: Error;
  readonly body: StepMockBody | undefined;
  readonly calls: StepMockRecord[] = [];
  readonly restore: () => void;
  wasAskedFor = false;

  constructor(
    target: { readonly definition: string; readonly stepName: string },
    body: StepMockBody | undefined,
    options: StepMockOptions,
    restore: (rule: StepMockRule) => void,
  ) {
    refuseUnknownOptions(options, ['nth', 'failTimes', 'error'], `the mock of step "${target.stepName}"`);
    this.definition = target.definition;
    this.stepName = target.stepName;
    this.body = body;
    this.nth = options.nth;
    this.failTimes = options.failTimes ?? 0;
    this.error = options.error ?? new Error(`The mock of step "${target.stepName}" failed.`);
    this.restore = () => restore(this);
  }

  /** Keeps a record of a call, to be completed when it ends. */
  record(call: Pick<StepMockRecord, 'runId' | 'stepName' | 'nth' | 'attempt' | 'idempotencyKey'>): {
    readonly succeeded: (result: unknown) => void;
    readonly failed: (error: unknown) => void;
  } {
    const index = this.calls.length;
    this.calls.push({ ...call, state: 'running', result: undefined, error: undefined });
    return {
      succeeded: (result) => {
        this.calls[index] = { ...call, state: 'returned', result, error: undefined };
      },
      failed: (error) => {
        this.calls[index] = { ...call, state: 'threw', result: undefined, error };
      },
    };
  }
}

interface WorkflowMockRule extends WorkflowMock {
  readonly definition: string;
  readonly call: (input: unknown, runId: string) => unknown;
}

/** The mocks of one test environment; they outlive its processes. */
export class Mocks {
  readonly handlers: HandlerMocks = new HandlerMocks();
  readonly #steps: StepMockRule[] = [];
  readonly #workflows: WorkflowMockRule[] = [];
  /** Names of the steps that runs have issued, by definition. */
  readonly #issued = new Map<string, Set<string>>();

  addStep(
    target: { readonly definition: string; readonly stepName: string },
    body: StepMockBody | undefined,
    options: StepMockOptions,
  ): StepMock {
    const rule = new StepMockRule(target, body, options, (gone) => remove(this.#steps, gone));
    this.#steps.push(rule);
    return rule;
  }

  addWorkflow(definition: string, body: (input: unknown) => unknown): WorkflowMock {
    const calls: WorkflowMockRecord[] = [];
    const rule: WorkflowMockRule = {
      definition,
      calls,
      call: (input, runId) => {
        calls.push({ runId, input });
        return body(input);
      },
      restore: () => remove(this.#workflows, rule),
    };
    this.#workflows.push(rule);
    return rule;
  }

  ofWorkflow(definition: string): WorkflowMockRule | undefined {
    return this.#workflows.findLast((rule) => rule.definition === definition);
  }

  /** The newest mock that fits the nth step of this name; notes that it was issued. */
  ofStep(definition: string, stepName: string, nth: number): StepMockRule | undefined {
    const names = this.#issued.get(definition);
    if (names === undefined) this.#issued.set(definition, new Set([stepName]));
    else names.add(stepName);
    const rule = this.#steps.findLast(
      (one) =>
        one.definition === definition &&
        one.stepName === stepName &&
        (one.nth === undefined || one.nth === nth),
    );
    if (rule !== undefined) rule.wasAskedFor = true;
    return rule;
  }

  /** @throws TUTTI_TEST_MOCK_UNUSED for steps, workflows and handlers that were replaced and never asked for. */
  verify(): void {
    const unused = [
      ...this.#steps.filter((rule) => !rule.wasAskedFor).map((rule) => this.#describeStep(rule)),
      ...this.#workflows
        .filter((rule) => rule.calls.length === 0)
        .map((rule) => `workflow "${rule.definition}" was never run`),
      ...this.handlers.unused,
    ];
    if (unused.length === 0) return;
    throw new TuttiError(
      'TUTTI_TEST_MOCK_UNUSED',
      `${unused.length === 1 ? 'A mock was' : `${unused.length} mocks were`} never asked for: ${unused.join('; ')}.`,
      { details: { unused } },
    );
  }

  #describeStep({ definition, stepName, nth }: StepMockRule): string {
    const which = nth === undefined ? '' : ` (number ${nth})`;
    const what = `step "${stepName}"${which} of "${definition}" was never issued`;
    const names = [...(this.#issued.get(definition) ?? [])];
    if (names.includes(stepName)) return `${what}, though steps of that name were`;
    const nearest = nearestName(stepName, names);
    if (nearest !== undefined) return `${what}; did you mean "${nearest}"?`;
    if (names.length === 0) return `${what}; no run of it issued any step`;
    return `${what}; issued were ${names.map((name) => `"${name}"`).join(', ')}`;
  }
}

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}
