import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { parseDuration, type Duration } from '../base/duration.ts';
import type { StandardSchema } from '../base/standard-schema.ts';
import type { Callee } from './callee.ts';
import type { WaitSource } from './wait-source.ts';
import {
  addParent,
  refuseAtRootOnly,
  NodeRef,
  refuseHiddenRefs,
  resolveRef,
  ScopeDraft,
  type GateDraft,
  type NodeDraft,
  type Spot,
} from './graph-draft.ts';
import type { GraphNode, InputSlot, NodeWork, ScopeGraph, Source } from './graph.ts';
import type {
  AskOptions,
  CallOptions,
  LoopOptions,
  MapOptions,
  PipelineBuilder,
  SetupRef,
  TeardownOptions,
  WaitOptions,
} from './pipeline-builder.ts';
import { sealScope } from './seal-scope.ts';
import { askWork, waitWork } from './waiting-work.ts';
import {
  describeNode,
  nodeOptionNames,
  optionalDuration,
  refuseWrongLimit,
  resolveCallbacks,
  resolveDeadline,
  resolveTask,
} from './task-settings.ts';
import type { NodeOptions, TaskHandler, TaskInputs, TaskSettings } from './task-types.ts';
import type { TriggerPredicate, TriggerRule } from './trigger-rules.ts';

type Options = TaskSettings & { readonly rule?: TriggerRule | TriggerPredicate };
type Body = (p: PipelineBuilder) => unknown;

/** What an id may look like. The other characters write positions and selections. */
const idPattern = /^[\p{L}\p{N}_]([\p{L}\p{N}_ .-]*[\p{L}\p{N}_.-])?$/u;

/** What is the same for most nodes. */
const plain = {
  rule: 'allSuccess',
  inputs: [],
  captures: [],
  role: 'work',
  isLeaf: false,
  allowFailure: false,
  callbacks: null,
  deadline: null,
  tags: [],
  owner: null,
  doc: null,
} as const;

type NodeParts = Pick<NodeDraft, 'name' | 'work'> & {
  readonly uses: readonly Source[];
  readonly after?: readonly unknown[] | undefined;
} & Partial<Omit<NodeDraft, 'index' | 'id' | 'group' | 'gate' | 'parents'>>;

/** Collects the nodes that a build function declares. One object per scope, group and arm. */
export class GraphBuilder {
  readonly input: NodeRef;
  readonly #spot: Spot;

  constructor(spot: Spot) {
    this.#spot = spot;
    this.input = new NodeRef({ id: 'input', scope: spot.scope, gate: null, of: 'input' });
  }

  /** The same object, as authors see it; the types of the interface are checked on their side. */
  get forAuthors(): PipelineBuilder {
    return this as unknown as PipelineBuilder;
  }

  task(id: string, inputs: TaskInputs, handler: TaskHandler<never, unknown>, options: Options = {}): NodeRef {
    return this.#task('work', id, { inputs, handler, options });
  }

  setup(
    id: string,
    inputs: TaskInputs,
    handler: TaskHandler<never, unknown>,
    options: Options = {},
  ): NodeRef {
    const setup = this.#task('setup', id, { inputs, handler, options });
    const teardown: SetupRef<unknown>['teardown'] = (name, undo, settings = {}) => {
      this.#teardown(setup, name, { handler: undo, options: settings });
      return setup as never;
    };
    return Object.assign(setup, { teardown });
  }

  map(
    id: string,
    items: unknown,
    body: (item: never, p: PipelineBuilder) => unknown,
    options: MapOptions = {},
  ): NodeRef {
    const what = `map "${id}"`;
    refuseUnknownOptions(options, [...nodeOptionNames, 'concurrency'], what);
    const { concurrency = null } = options;
    if (concurrency !== null) refuseWrongLimit(concurrency, `concurrency of ${what}`);
    const source = this.#source(id, 'items', items);
    const { graph, captures } = this.#body(id, body);
    return this.#node({
      name: id,
      uses: [source],
      captures,
      work: { kind: 'map', items: source, body: graph, concurrency },
      after: options.after,
      ...describeNode(options),
    });
  }

  loop(
    id: string,
    first: unknown,
    body: (current: never, p: PipelineBuilder) => unknown,
    options: LoopOptions<never>,
  ): NodeRef {
    const what = `loop "${id}"`;
    refuseUnknownOptions(options, [...nodeOptionNames, 'max', 'until'], what);
    refuseWrongLimit(options.max, `max of ${what}`);
    const source = this.#source(id, 'first', first);
    const { graph, captures } = this.#body(id, body);
    // `until` is declared for the loop's own type, which is known to its author only.
    const until = (options.until ?? null) as ((value: unknown, round: number) => boolean) | null;
    return this.#node({
      name: id,
      uses: [source],
      captures,
      work: { kind: 'loop', first: source, body: graph, roundsMax: options.max, until },
      after: options.after,
      ...describeNode(options),
    });
  }

  branch(on: NodeRef, arms: Readonly<Record<string, Body>>): NodeRef {
    return this.#branch(on, new Map(Object.entries(arms)), false);
  }

  when(condition: NodeRef, body: Body): NodeRef {
    return this.#branch(condition, new Map([['true', body]]), true);
  }

  group(id: string, body: Body): unknown {
    this.#checkName(id);
    const { scope, group, gate } = this.#spot;
    return body(new GraphBuilder({ scope, gate, group: join(group, id) }).forAuthors);
  }

  after(task: NodeRef, ...others: readonly NodeRef[]): NodeRef {
    const draft = typeof task.of === 'number' ? task.scope.nodes[task.of] : undefined;
    if (draft === undefined || draft.work.kind === 'join') {
      throw this.#spot.scope.session.refusal(
        `"${task.id}" cannot be told to wait; expected a task as first argument of after.`,
      );
    }
    const spot = { scope: task.scope, group: draft.group, gate: draft.gate };
    for (const other of others) addParent(draft, resolveRef(other, spot, draft.id), true);
    return task;
  }

  call(id: string, callee: Callee<unknown, unknown>, input: unknown, options: CallOptions = {}): NodeRef {
    refuseUnknownOptions(options, [...nodeOptionNames, 'id', 'timeout'], `call "${id}"`);
    const fields = isRecord(input) ? this.#slots(id, input) : [];
    const whole = isRecord(input) ? null : this.#source(id, 'input', input);
    return this.#node({
      name: id,
      inputs: fields,
      uses: [...fields.map((slot) => slot.source), ...(whole === null ? [] : [whole])],
      work: {
        kind: 'call',
        definition: typeof callee === 'string' ? callee : callee.name,
        input: whole,
        id: options.id ?? null,
        timeoutMs: optionalDuration(options.timeout, `the timeout of call "${id}"`),
      },
      after: options.after,
      ...describeNode(options),
    });
  }

  wait(id: string, source: WaitSource<unknown>, options: WaitOptions = {}): NodeRef {
    const work = waitWork(id, source, options);
    return this.#node({ name: id, work, uses: [], after: options.after, ...describeNode(options) });
  }

  sleep(id: string, until: unknown, options: NodeOptions = {}): NodeRef {
    refuseUnknownOptions(options, nodeOptionNames, `sleep "${id}"`);
    if (!(until instanceof NodeRef) && !(until instanceof Date)) {
      parseDuration(until as Duration, `the duration of sleep "${id}"`);
    }
    const source = this.#source(id, 'until', until);
    const work: NodeWork = { kind: 'sleep', until: source };
    return this.#node({ name: id, work, uses: [source], after: options.after, ...describeNode(options) });
  }

  ask(id: string, options: AskOptions<StandardSchema>): NodeRef {
    const work = askWork(id, options);
    const slot = { name: 'detail', source: this.#source(id, 'detail', options.detail ?? null) };
    const own = { name: id, inputs: [slot], uses: [slot.source], work };
    return this.#node({ ...own, after: options.after, ...describeNode(options) });
  }

  #task(
    role: GraphNode['role'],
    id: string,
    parts: {
      readonly inputs: TaskInputs;
      readonly handler: TaskHandler<never, unknown>;
      readonly options: Options;
    },
  ): NodeRef {
    const { inputs, handler, options } = parts;
    const what = `task "${id}"`;
    if (typeof handler !== 'function') {
      throw this.#spot.scope.session.refusal(
        `task "${id}" has no handler; expected p.task(id, inputs, handler).`,
      );
    }
    const task = resolveTask(handler, options, what);
    refuseAtRootOnly(this.#spot.scope, options, what);
    const slots = this.#slots(id, inputs);
    return this.#node({
      name: id,
      role,
      inputs: slots,
      uses: slots.map((slot) => slot.source),
      rule: options.rule ?? 'allSuccess',
      work: { kind: 'task', task },
      allowFailure: options.allowFailure === true,
      callbacks: resolveCallbacks(options, what),
      deadline: resolveDeadline(options.deadline, what),
      after: options.after,
      ...describeNode(options),
    });
  }

  #teardown(
    setup: NodeRef,
    id: string,
    parts: { readonly handler: TaskHandler<never, unknown>; readonly options: TeardownOptions },
  ): void {
    const { after, failsRun = false, ...options } = parts.options;
    refuseUnknownOptions(
      parts.options,
      ['after', 'failsRun', 'attemptTimeout', 'timeout', 'retry'],
      `teardown "${id}"`,
    );
    const teardown = this.#node({
      name: id,
      role: 'teardown',
      inputs: [{ name: 'setup', source: { type: 'node', depth: 0, node: setup.of as number } }],
      uses: [{ type: 'node', depth: 0, node: setup.of as number }],
      work: { kind: 'task', task: resolveTask(parts.handler, options, `teardown "${id}"`) },
      allowFailure: !failsRun,
      after,
    });
    this.#spot.scope.teardowns.push({
      setup: setup.of as number,
      teardown: teardown.of as number,
      isExplicit: after !== undefined,
    });
  }

  #branch(on: NodeRef, arms: ReadonlyMap<string, Body>, isCondition: boolean): NodeRef {
    const { scope } = this.#spot;
    if (!(on instanceof NodeRef))
      throw scope.session.refusal('a branch was declared on something that is no reference.');
    const base = on.id.slice(on.id.lastIndexOf('/') + 1);
    const count = (scope.branchCounts.get(base) ?? 0) + 1;
    scope.branchCounts.set(base, count);
    const name = `${base}?${count === 1 ? '' : count}`;
    const source = this.#source(name, 'on', on);
    const members = new Map<string, number[]>([...arms.keys()].map((arm) => [arm, []]));
    const choose = this.#node(
      { name, uses: [source], work: { kind: 'choose', on: source, arms: members, isCondition } },
      { isInternal: true },
    ).of as number;
    const results = new Map<string, Source>();
    for (const [arm, body] of arms) results.set(arm, this.#arm({ choose, arm, name, members }, body));
    return this.#node(
      {
        name: `${name}result`,
        work: { kind: 'join', choose, arms: results },
        uses: [
          ...(scope.session.compat === 'airflow' ? [] : [{ type: 'node', depth: 0, node: choose } as const]),
          ...results.values(),
        ],
      },
      { isInternal: true },
    );
  }

  #arm(
    place: {
      readonly choose: number;
      readonly arm: string;
      readonly name: string;
      readonly members: ReadonlyMap<string, number[]>;
    },
    body: Body,
  ): Source {
    const { scope, group, gate: outer } = this.#spot;
    const { choose, arm, name, members } = place;
    const gate: GateDraft = { choose, arm, scope, outer };
    const first = scope.nodes.length;
    const spot: Spot = { scope, group, gate };
    const built = body(new GraphBuilder(spot).forAuthors);
    for (const node of scope.nodes.slice(first)) if (node.gate === gate) members.get(arm)?.push(node.index);
    if (!(built instanceof NodeRef)) {
      throw scope.session.refusal(
        `arm "${arm}" of "${name}" returns no reference; expected the result of the arm.`,
      );
    }
    return resolveRef(built, spot, name);
  }

  /** Runs the body of a map or loop once, on a scope of its own. */
  #body(
    id: string,
    body: (item: never, p: PipelineBuilder) => unknown,
  ): { readonly graph: ScopeGraph; readonly captures: readonly number[] } {
    const { scope: outer, group, gate: hostGate } = this.#spot;
    const scope = new ScopeDraft(outer.session, { id: join(join(outer.id, group), id), outer, hostGate });
    const spot: Spot = { scope, group: '', gate: null };
    const item = new NodeRef({ id: `${scope.id}[]`, scope, gate: null, of: 'item' });
    const built = body(item as never, new GraphBuilder(spot).forAuthors);
    if (!(built instanceof NodeRef)) {
      throw scope.session.refusal(
        `the body of "${scope.id}" returns no reference; expected the result of one instance.`,
      );
    }
    const result = resolveRef(built, spot, scope.id);
    if (scope.nodes.length === 0) {
      throw scope.session.refusal(`the body of "${scope.id}" declares no task; expected at least one.`);
    }
    const graph = sealScope(scope, result);
    return { graph, captures: [...scope.captured] };
  }

  #node(parts: NodeParts, options: { readonly isInternal: boolean } = { isInternal: false }): NodeRef {
    const { scope, group, gate } = this.#spot;
    const { session } = scope;
    if (!session.isOpen) {
      throw session.refusal(`task "${parts.name}" was declared after the build function had returned.`);
    }
    if (!options.isInternal) this.#checkName(parts.name);
    const { uses, after, ...own } = parts;
    const id = join(join(scope.id, group), parts.name);
    session.claim(id);
    const index = scope.nodes.length;
    const draft: NodeDraft = { ...plain, ...own, index, id, group, gate, parents: new Map() };
    for (const source of uses) addParent(draft, source, false);
    scope.nodes.push(draft);
    for (const other of after ?? []) {
      if (!(other instanceof NodeRef))
        throw session.refusal(`task "${id}" is told to run after something that is no reference.`);
      addParent(draft, resolveRef(other, this.#spot, id), true);
    }
    return new NodeRef({ id, scope, gate, of: index });
  }

  #slots(id: string, inputs: TaskInputs): readonly InputSlot[] {
    return Object.entries(inputs).map(([name, value]) => ({ name, source: this.#source(id, name, value) }));
  }

  #source(id: string, name: string, value: unknown): Source {
    if (value instanceof NodeRef) return resolveRef(value, this.#spot, id);
    refuseHiddenRefs(this.#spot.scope.session, value, `"${name}" of "${id}"`);
    return { type: 'literal', value };
  }

  #checkName(name: unknown): void {
    if (typeof name === 'string' && idPattern.test(name)) return;
    throw this.#spot.scope.session.refusal(
      `"${String(name)}" is no id; expected letters, digits, spaces, dots, dashes and underscores, without a space at the ends.`,
    );
  }
}

/** A plain object, whose members may be references. */
function isRecord(input: unknown): input is TaskInputs {
  return typeof input === 'object' && input !== null && Object.getPrototypeOf(input) === Object.prototype;
}

function join(left: string, right: string): string {
  if (left === '') return right;
  return right === '' ? left : `${left}/${right}`;
}
