/**
 * Lineage of a run as OpenLineage run events (https://openlineage.io/spec/2-0-2/OpenLineage.json): which job ran, what it read,
 * what it made. Made from what is stored whenever it is asked for, so that a crash can lose none.
 */
import { createHash } from 'node:crypto';
import { isFinal, type Asset, type Definition, type RunRecord, type RunTrigger } from '../../engine/index.ts';
import { assetsRead } from './asset-view.ts';

const producer = 'urn:tutti';
const eventSchema = 'https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent';
const nominalTimeSchema =
  'https://openlineage.io/spec/facets/1-0-1/NominalTimeRunFacet.json#/$defs/NominalTimeRunFacet';

/** What a run has become, in OpenLineage's words. */
export type LineageEventType = 'START' | 'COMPLETE' | 'FAIL' | 'ABORT';

/** A dataset of OpenLineage. */
interface LineageDataset {
  readonly namespace: string;
  readonly name: string;
}

/** A run event of OpenLineage. */
export interface LineageEvent {
  readonly eventType: LineageEventType;
  /** ISO 8601. */
  readonly eventTime: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets: Readonly<Record<string, unknown>> };
  readonly job: { readonly namespace: string; readonly name: string };
  readonly inputs: readonly LineageDataset[];
  readonly outputs: readonly LineageDataset[];
}

/** What the lineage of a run is made of. */
export interface LineageSource {
  readonly run: RunRecord;
  readonly trigger: RunTrigger | null;
  readonly definition: Definition;
  /** Names this installation among others. */
  readonly namespace: string;
}

/** The events of a run so far: none before it began, one while it is under way, two once it ended. */
export function lineageEvents(source: LineageSource): readonly LineageEvent[] {
  const { run } = source;
  if (run.startedAt === null) return [];
  const start = event(source, 'START', run.startedAt);
  if (run.endedAt === null || !isFinal(run.state)) return [start];
  const ends = { completed: 'COMPLETE', failed: 'FAIL', canceled: 'ABORT' } as const;
  return [start, event(source, ends[run.state], run.endedAt)];
}

function event(source: LineageSource, eventType: LineageEventType, at: number): LineageEvent {
  const { run, trigger, definition, namespace } = source;
  const dataset = ({ name }: Asset): LineageDataset => ({ namespace, name });
  return {
    eventType,
    eventTime: iso(at),
    producer,
    schemaURL: eventSchema,
    run: { runId: runUuid(run), facets: nominalTime(trigger) },
    job: { namespace, name: definition.name },
    inputs: assetsRead(definition).map(dataset),
    outputs: (definition.assets?.produces ?? []).map(dataset),
  };
}

function nominalTime(trigger: RunTrigger | null): Readonly<Record<string, unknown>> {
  if (trigger?.interval === null || trigger === null) return {};
  const { start, end } = trigger.interval;
  return {
    nominalTime: {
      _producer: producer,
      _schemaURL: nominalTimeSchema,
      nominalStartTime: iso(start),
      nominalEndTime: iso(end),
    },
  };
}

/** OpenLineage wants a UUID: one of version 8 (RFC 9562), made of what identifies the run, the same each time it is asked for. */
function runUuid({ id, generation, createdAt }: RunRecord): string {
  const hex = createHash('sha256').update(`${id}@${generation}:${createdAt}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}
