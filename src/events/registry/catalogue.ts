/**
 * What events look like, as data: in code, in a store, or in a file. The catalogue of a store says what was deployed there.
 */
import { TuttiError } from '../../base/tutti-error.ts';
import { isCompatibility, type Compatibility } from '../model/compatibility.ts';
import { isPlain, isSchema, type JsonSchema } from './json-schema.ts';

/** One schema of an event, as some code declared it. */
export interface CataloguedSchema {
  readonly version: number;
  /** JSON Schema of the data that the code takes; null if its schema cannot describe itself. */
  readonly reads: JsonSchema | null;
  /** JSON Schema of the data that the code stores; null if that is not known. */
  readonly writes: JsonSchema | null;
  /** Versions from which the code has an upcaster. */
  readonly upcasters: readonly number[];
  /** When code with it was first started, milliseconds since the epoch; null if it was not. */
  readonly since: number | null;
}

/** An event of a topic, and everything that is known of its schemas. */
export interface CataloguedEvent {
  readonly topic: string;
  readonly type: string;
  readonly compatibility: Compatibility;
  /** The version of the code started last. */
  readonly version: number;
  /** In the order in which they were first deployed; never empty. */
  readonly schemas: readonly CataloguedSchema[];
}

/** Events by topic and type. */
export interface Catalogue {
  readonly events: readonly CataloguedEvent[];
}

/** The newest schema of an event. */
export function newestSchema({ schemas }: CataloguedEvent): CataloguedSchema {
  const newest = schemas.at(-1);
  if (newest !== undefined) return newest;
  throw new TuttiError('TUTTI_INTERNAL', 'An event of a catalogue has no schema; expected one or more.');
}

/**
 * Reads a catalogue that somebody else wrote. `what` names it in the error.
 * @throws TUTTI_INPUT_INVALID naming the place.
 */
export function readCatalogue(value: unknown, what: string): Catalogue {
  const events = isPlain(value) ? value['events'] : undefined;
  if (!Array.isArray(events)) throw wrong(what, 'it has no list of events');
  for (const [index, event] of events.entries()) {
    const fault = faultOf(event);
    if (fault !== null) throw wrong(what, `events[${index}] ${fault}`);
  }
  return { events: events as readonly CataloguedEvent[] };
}

function faultOf(event: unknown): string | null {
  if (!isPlain(event)) return 'is no object';
  const { topic, type, compatibility, version, schemas } = event;
  if (typeof topic !== 'string' || typeof type !== 'string') return 'has no topic or no type';
  if (!isCompatibility(compatibility)) return 'has no compatibility';
  if (!isVersion(version)) return 'has no version';
  if (!Array.isArray(schemas) || schemas.length === 0) return 'has no schemas';
  const broken = schemas.findIndex((schema) => !isCataloguedSchema(schema));
  return broken === -1 ? null : `has schemas[${broken}] without version, reads, writes, upcasters or since`;
}

function isCataloguedSchema(value: unknown): boolean {
  if (!isPlain(value)) return false;
  const { version, reads, writes, upcasters, since } = value;
  return (
    isVersion(version) &&
    (reads === null || isSchema(reads)) &&
    (writes === null || isSchema(writes)) &&
    Array.isArray(upcasters) &&
    upcasters.every(isVersion) &&
    (since === null || typeof since === 'number')
  );
}

function isVersion(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
}

function wrong(what: string, fault: string): TuttiError {
  return new TuttiError('TUTTI_INPUT_INVALID', `${what} is no catalogue of events: ${fault}.`);
}
