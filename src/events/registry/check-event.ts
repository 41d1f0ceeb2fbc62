/** Whether what is declared now may be deployed beside what was deployed before. Pure: both are catalogues. */
import { ruleOf, type Compatibility } from '../model/compatibility.ts';
import { newestSchema, type Catalogue, type CataloguedEvent, type CataloguedSchema } from './catalogue.ts';
import { compareSchemas } from './compare-schemas.ts';
import { isSameJson } from './json-schema.ts';
import { breaks, type SchemaDifference } from './schema-difference.ts';

/** How a comparison ended. `bridged`: an upcaster stands between the versions, and its code is not judged. */
type CheckOutcome = 'compatible' | 'bridged' | 'not comparable' | 'undecided' | 'incompatible';

/** One comparison of a declared schema with one that was deployed. */
export interface SchemaCheck {
  /** `backward`: the declared code reads what the deployed code wrote. `forward`: the other way round. */
  readonly direction: 'backward' | 'forward';
  /** The deployed version. */
  readonly version: number;
  readonly outcome: CheckOutcome;
  /** What stands in the way; empty unless `undecided` or `incompatible`. */
  readonly differences: readonly SchemaDifference[];
  /** What else is to be known: which upcasters bridge, or what cannot be compared. */
  readonly note: string | null;
}

/** What is to be said of one event. */
export interface EventCheck {
  readonly topic: string;
  readonly type: string;
  /** The declared version; null for an event that its topic declares no more. */
  readonly version: number | null;
  /** The version deployed last; null for an event that is new. */
  readonly deployed: number | null;
  readonly compatibility: Compatibility;
  readonly result: CheckOutcome | 'new' | 'unchanged' | 'unchecked' | 'removed';
  /** Whether it may be deployed. */
  readonly isOk: boolean;
  readonly checks: readonly SchemaCheck[];
}

/** What is to be said of all events. */
export interface CatalogueCheck {
  readonly isOk: boolean;
  readonly events: readonly EventCheck[];
}

/** From the best outcome to the worst. */
const outcomes: readonly CheckOutcome[] = [
  'compatible',
  'bridged',
  'not comparable',
  'undecided',
  'incompatible',
];

/** Compares what is declared with what was deployed. Of deployed topics that are not declared nothing is said. */
export function checkCatalogue(declared: Catalogue, deployed: Catalogue): CatalogueCheck {
  const before = new Map(deployed.events.map((event) => [keyOf(event), event]));
  const now = new Set(declared.events.map(keyOf));
  const topics = new Set(declared.events.map(({ topic }) => topic));
  const removed = deployed.events.filter((event) => topics.has(event.topic) && !now.has(keyOf(event)));
  const events = [
    ...declared.events.map((event) => checkEvent(event, before.get(keyOf(event)))),
    ...removed.map(removedCheck),
  ];
  return { isOk: events.every(({ isOk }) => isOk), events };
}

function keyOf({ topic, type }: CataloguedEvent): string {
  return `${topic}/${type}`;
}

/** Compares a declared event with what was deployed of it. */
export function checkEvent(declared: CataloguedEvent, deployed: CataloguedEvent | undefined): EventCheck {
  const { topic, type, version, compatibility } = declared;
  const common = { topic, type, version, compatibility, deployed: deployed?.version ?? null };
  if (deployed === undefined) return { ...common, result: 'new', isOk: true, checks: [] };
  const schema = newestSchema(declared);
  const rule = ruleOf(compatibility);
  const newest = newestSchema(deployed);
  const others = (rule.isTransitive ? deployed.schemas : [newest]).filter(
    (one) => !isSameSchema(one, schema),
  );
  const hasChanged = !isSameSchema(newest, schema);
  if (compatibility === 'none') {
    return { ...common, result: hasChanged ? 'unchecked' : 'unchanged', isOk: true, checks: [] };
  }
  const checks = others.flatMap((other) => [
    ...(rule.readsOlder ? [checkBackward(schema, other, rule.isReadByOlder)] : []),
    ...(rule.isReadByOlder ? [checkForward(schema, other)] : []),
  ]);
  const worst = outcomes.findLast((outcome) => checks.some((one) => one.outcome === outcome)) ?? 'compatible';
  const result = worst === 'compatible' && !hasChanged ? 'unchanged' : worst;
  return { ...common, result, isOk: worst !== 'incompatible' && worst !== 'undecided', checks };
}

/** Whether two schemas are one, whenever they were deployed. */
export function isSameSchema(one: CataloguedSchema, other: CataloguedSchema): boolean {
  return isSameJson({ ...one, since: null }, { ...other, since: null });
}

/** Data of its own version code takes unchecked, older data through its upcasters, newer data only where that is promised. */
function checkBackward(
  declared: CataloguedSchema,
  deployed: CataloguedSchema,
  takesNewer: boolean,
): SchemaCheck {
  const common = { direction: 'backward', version: deployed.version } as const;
  if (deployed.version > declared.version && !takesNewer) {
    const text = `Version ${deployed.version} was deployed; this code knows version ${declared.version}, and gives up on events of a newer one.`;
    return {
      ...common,
      outcome: 'incompatible',
      differences: [breaks('data', 'versionNewer', text)],
      note: null,
    };
  }
  const bridges = declared.upcasters.filter((from) => from >= deployed.version);
  if (deployed.version < declared.version && bridges.length > 0) {
    const note = `upcasters lead from version ${bridges.join(', ')} on; what they do is not judged`;
    return { ...common, outcome: 'bridged', differences: [], note };
  }
  return { ...common, ...compare(deployed, declared) };
}

function checkForward(declared: CataloguedSchema, deployed: CataloguedSchema): SchemaCheck {
  return { direction: 'forward', version: deployed.version, ...compare(declared, deployed) };
}

function compare(
  { writes }: CataloguedSchema,
  { reads }: CataloguedSchema,
): Pick<SchemaCheck, 'outcome' | 'differences' | 'note'> {
  // Who takes everything needs to know of nothing.
  if (reads === true) return { outcome: 'compatible', differences: [], note: null };
  if (writes === null || reads === null) {
    const side = writes === null ? 'what is written' : 'what is read';
    return { outcome: 'not comparable', differences: [], note: `there is no JSON Schema of ${side}` };
  }
  const differences = compareSchemas(writes, reads);
  if (differences.length === 0) return { outcome: 'compatible', differences, note: null };
  const isCertain = differences.some((one) => one.isCertain);
  return { outcome: isCertain ? 'incompatible' : 'undecided', differences, note: null };
}

function removedCheck({ topic, type, version, compatibility }: CataloguedEvent): EventCheck {
  return {
    topic,
    type,
    version: null,
    deployed: version,
    compatibility,
    result: 'removed',
    isOk: true,
    checks: [],
  };
}
