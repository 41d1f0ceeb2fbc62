/**
 * Events: facts with a name, a schema and data. What is declared is a typed value; calling it makes an event to publish.
 */
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { StandardSchema } from '../../base/standard-schema.ts';
import { checkCompatibility, type Compatibility } from './compatibility.ts';

export type { PublishedEvent } from '../../engine/index.ts';

/** What may be said of one event beside its data. */
export interface EventAttributes {
  /** Known to the publisher, so that the same event published twice is stored once. Default: generated. */
  readonly id?: string;
  /** Where it comes from, a URI reference (CloudEvents `source`). Default: `tutti`. */
  readonly source?: string;
  /** What it is about, within the source (CloudEvents `subject`). */
  readonly subject?: string;
  /** When it happened: a date, milliseconds, or RFC 3339 text. Default: when it is published. */
  readonly time?: Date | number | string;
  /** Names and values of your own; CloudEvents extensions end up here. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An event that was made and not published yet. */
export interface NewEvent<Type extends string = string, Data = unknown> extends EventAttributes {
  readonly type: Type;
  /** Version of the data's schema. */
  readonly version: number;
  readonly data: Data;
}

/** Turns data of one version into data of the next. */
export type Upcaster = (data: unknown) => unknown;

/** A declared event; call it to make one. `Input` is what the schema accepts, `Data` what it gives. */
export interface EventDefinition<Type extends string = string, Data = unknown, Input = Data> {
  (data: Input, attributes?: EventAttributes): NewEvent<Type, Input>;
  readonly kind: 'event';
  readonly type: Type;
  readonly version: number;
  readonly schema: StandardSchema<Input, Data> | undefined;
  /** By the version they start from. */
  readonly upcasters: Readonly<Record<number, Upcaster>>;
  /** Null: that of the topic. */
  readonly compatibility: Compatibility | null;
}

/** What can be said of a declared event. */
export interface EventOptions<Data, Input> {
  /** Standard Schema of the data, checked at every publish. Default: any JSON. */
  readonly schema?: StandardSchema<Input, Data>;
  /** Raised with every change of the schema. Default 1. */
  readonly version?: number;
  /**
   * How data of older versions becomes data of the next one, by the version they start from. All steps between the oldest
   * version given and the current one must be there. What comes out is checked by the schema before a handler sees it.
   */
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
  /** What a new schema must keep. Default: what the topic says. */
  readonly compatibility?: Compatibility;
}

/** The most characters an event's type may have. */
const typeLengthMax = 255;

/**
 * Declares an event.
 *
 * @example
 * export const OrderPlaced = event('order.placed', { schema: z.object({ id: z.string(), total: z.number() }) });
 * await orders.publish(OrderPlaced({ id: 'o1', total: 12 }));
 * @throws TUTTI_DEFINITION_INVALID for an empty or overlong type, a version below 1, or a gap between upcasters;
 * TUTTI_OPTION_UNKNOWN; TUTTI_OPTION_INVALID for a compatibility that is none.
 */
export function event<const Type extends string, Data = unknown, Input = Data>(
  type: Type,
  options: EventOptions<Data, Input> = {},
): EventDefinition<Type, Data, Input> {
  if (typeof type !== 'string' || type.trim() === '' || type.length > typeLengthMax) {
    throw new TuttiError(
      'TUTTI_DEFINITION_INVALID',
      `An event's type is a text of 1 to ${typeLengthMax} characters such as "order.placed"; got ${JSON.stringify(type)}.`,
    );
  }
  refuseUnknownOptions(options, ['schema', 'version', 'upcasters', 'compatibility'], `event "${type}"`);
  const { compatibility = null } = options;
  if (compatibility !== null) checkCompatibility(compatibility, `event "${type}"`);
  const version = options.version ?? 1;
  const upcasters = options.upcasters ?? {};
  checkVersions(type, version, upcasters);
  const make = (data: Input, attributes: EventAttributes = {}): NewEvent<Type, Input> => {
    refuseUnknownOptions(attributes, attributeNames, `the attributes of event "${type}"`);
    return { ...attributes, type, version, data };
  };
  const declared = { type, version, schema: options.schema, upcasters, compatibility };
  return Object.assign(make, { kind: 'event' as const, ...declared });
}

const attributeNames: readonly string[] = ['id', 'source', 'subject', 'time', 'headers'];

function checkVersions(type: string, version: number, upcasters: Readonly<Record<number, Upcaster>>): void {
  const fault = (text: string): Error =>
    new TuttiError('TUTTI_DEFINITION_INVALID', `Event "${type}" ${text}.`);
  if (!Number.isSafeInteger(version) || version < 1)
    throw fault(`has version ${version}; expected 1 or more`);
  const from = Object.keys(upcasters)
    .map(Number)
    .toSorted((one, other) => one - other);
  const [oldest] = from;
  if (oldest === undefined) return;
  for (let step = oldest; step < version; step += 1) {
    if (upcasters[step] === undefined) throw fault(`has no upcaster from version ${step} to ${step + 1}`);
  }
  const last = from.at(-1) ?? 0;
  if (last >= version) throw fault(`has an upcaster from version ${last}, but its own version is ${version}`);
}

/** Whether a value is a declared event. */
export function isEventDefinition(value: unknown): value is EventDefinition {
  return typeof value === 'function' && 'kind' in value && value.kind === 'event';
}
