/**
 * Which tasks a command means, in the selection language of dbt and Dagster: `x` one task (or all of a group), `x+` with
 * everything after it, `+x` with everything before it, `@x` with everything after it and all that those need, `tag:t`, `owner:o`, `*`.
 * Several are a union. Ids may carry positions, `parse[3]/one`, which then hold for what is inside of the same instance.
 */
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { withoutPositions, type GraphView, type NodeView } from './graph-view.ts';

/** The tasks one selector means. */
export interface SelectedTasks {
  /** Ids without positions. */
  readonly ids: ReadonlySet<string>;
  /** The instance that was named, such as `parse[3]`; null for all instances. */
  readonly instance: string | null;
}

/** How ids depend on each other: both directions, across maps and loops. */
export class TaskRelations {
  readonly #next = new Map<string, Set<string>>();
  readonly #previous = new Map<string, Set<string>>();

  constructor(view: GraphView) {
    const hasBody = new Set(view.nodes.flatMap(({ inside }) => (inside === null ? [] : [inside])));
    const endOf = (id: string): string => (hasBody.has(id) ? `${id}$end` : id);
    for (const node of view.nodes) {
      for (const parent of node.parents) this.#connect(endOf(parent), waiterFor(node, parent));
      if (node.inside !== null) {
        this.#connect(node.inside, node.id);
        this.#connect(endOf(node.id), endOf(node.inside));
      }
    }
  }

  after(ids: Iterable<string>): ReadonlySet<string> {
    return walk(ids, this.#next);
  }

  before(ids: Iterable<string>): ReadonlySet<string> {
    return walk(ids, this.#previous);
  }

  #connect(from: string, to: string): void {
    addTo(this.#next, from, to);
    addTo(this.#previous, to, from);
  }
}

/** Who waits: a task inside of a map that uses one outside waits with its whole map. */
function waiterFor(node: NodeView, parent: string): string {
  return node.inside !== null && !parent.startsWith(`${node.inside}/`) ? node.inside : node.id;
}

/** @throws TUTTI_ARGUMENT_INVALID for a selector that means nothing, with the nearest id. */
export function selectTasks(view: GraphView, selectors: readonly string[]): readonly SelectedTasks[] {
  const relations = new TaskRelations(view);
  return selectors.map((selector) => selectOne(view, relations, selector.trim()));
}

/** The ids of real nodes among those of a selection. */
export function selectedIds(selected: readonly SelectedTasks[]): ReadonlySet<string> {
  return new Set(selected.flatMap(({ ids }) => [...ids].filter((id) => !id.endsWith('$end'))));
}

const pattern = /^([+@]?)(.+?)(\+?)$/;

function selectOne(view: GraphView, relations: TaskRelations, selector: string): SelectedTasks {
  const [, before, name = '', after] = pattern.exec(selector) ?? [];
  const start = namedBy(view, name);
  if (start.length === 0) throw unknown(view, selector, name);
  const [, instance = null] = /^(.*\[\d+\])/.exec(name) ?? [];
  const following = after === '+' || before === '@' ? relations.after(start) : start;
  const needed = before === '@' ? relations.before(following) : before === '+' ? relations.before(start) : [];
  return { ids: new Set([...start, ...following, ...needed]), instance };
}

function namedBy(view: GraphView, name: string): readonly string[] {
  const plain = withoutPositions(name);
  const [kind, text] = [name.slice(0, name.indexOf(':')), name.slice(name.indexOf(':') + 1)];
  const fits = ({ id, tags, owner }: NodeView): boolean => {
    if (name === '*') return true;
    if (kind === 'tag') return tags.includes(text);
    if (kind === 'owner') return owner === text;
    return id === plain || id.startsWith(`${plain}/`);
  };
  return view.nodes.filter(fits).map(({ id }) => id);
}

function unknown(view: GraphView, selector: string, name: string): TuttiError {
  const ids = view.nodes.map(({ id }) => id);
  const nearest = nearestName(withoutPositions(name), ids);
  const hint = nearest === undefined ? `it has ${ids.slice(0, 10).join(', ')}` : `did you mean '${nearest}'?`;
  return new TuttiError(
    'TUTTI_ARGUMENT_INVALID',
    `'${selector}' selects no task of pipeline '${view.pipeline}'; ${hint}`,
    { details: { selector, pipeline: view.pipeline } },
  );
}

function walk(starts: Iterable<string>, next: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  const walked = new Set(starts);
  for (const id of walked) for (const other of next.get(id) ?? []) walked.add(other);
  return walked;
}

function addTo(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set === undefined) map.set(key, new Set([value]));
  else set.add(value);
}
