/**
 * Input transformers, after EventBridge's: paths that pick values from an event, and a template they are put into.
 */
import { nearestName } from '../../base/nearest.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';

/** What a subscription's handler gets instead of the event. */
export interface Transform {
  /** Names for places in the event: `$.data.id`, `$.data.lines[0].sku`, `$['odd name']`. */
  readonly paths?: Readonly<Record<string, string>>;
  /**
   * JSON with placeholders. A text that is one placeholder, `"<id>"`, becomes the value itself, whatever its type; inside a
   * longer text the value is written out. A place that is absent gives null, or no text. `<event>` is the whole event.
   * A `<` of your own that could be taken for a placeholder is written `\<`.
   */
  readonly template: unknown;
}

/** A transform, parsed and validated: turns an event into the handler's input. */
export type Transformer = (event: unknown) => unknown;

type Segment = string | number;

const wholeEvent = 'event';

/**
 * Reads a transform. `what` names its owner in errors, as the beginning of a sentence.
 *
 * @throws TUTTI_TRANSFORM_INVALID for a path that is none, and a placeholder without a path or a path without a placeholder.
 */
export function parseTransform(transform: Transform, what: string): Transformer {
  refuseUnknownOptions(transform, ['paths', 'template'], what);
  const paths = new Map<string, readonly Segment[]>([[wholeEvent, []]]);
  for (const [name, path] of Object.entries(transform.paths ?? {})) {
    if (!/^[A-Za-z_][\w-]*$/.test(name) || name === wholeEvent) {
      throw fault(
        what,
        `"${name}" is no name for a path; expected letters, digits, _ and -, and not "event"`,
      );
    }
    paths.set(name, parsePath(path, `${what}, path "${name}",`));
  }
  const used = new Set<string>();
  const template = parseTemplate(transform.template, { paths, used, what });
  const unused = [...paths.keys()].find((name) => name !== wholeEvent && !used.has(name));
  if (unused !== undefined) throw fault(what, `path "${unused}" is not used in the template`);
  return template;
}

function fault(what: string, text: string): TuttiError {
  return new TuttiError('TUTTI_TRANSFORM_INVALID', `${what} is invalid: ${text}.`);
}

const segmentPattern = /\.([A-Za-z_$][\w$-]*)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]/y;

/** The segments of a path. @throws TUTTI_TRANSFORM_INVALID */
function parsePath(path: unknown, what: string): readonly Segment[] {
  if (typeof path !== 'string' || !path.startsWith('$')) {
    throw fault(what, `a path begins with $, as in "$.data.id"; got ${JSON.stringify(path)}`);
  }
  const segments: Segment[] = [];
  segmentPattern.lastIndex = 1;
  while (segmentPattern.lastIndex < path.length) {
    const start = segmentPattern.lastIndex;
    const match = segmentPattern.exec(path);
    if (match === null) throw fault(what, `nothing is understood from "${path.slice(start)}" on`);
    const [, name, index, quoted] = match;
    if (index !== undefined) segments.push(Number(index));
    else segments.push(name ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
  }
  return segments;
}

function valueAt(event: unknown, segments: readonly Segment[]): unknown {
  let value: unknown = event;
  for (const segment of segments) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Readonly<Record<Segment, unknown>>)[segment];
  }
  return value;
}

interface Parsing {
  readonly paths: ReadonlyMap<string, readonly Segment[]>;
  readonly used: Set<string>;
  readonly what: string;
}

function parseTemplate(template: unknown, parsing: Parsing): Transformer {
  if (typeof template === 'string') return parseText(template, parsing);
  if (typeof template !== 'object' || template === null) return () => template;
  if (Array.isArray(template)) {
    const parts = template.map((part) => parseTemplate(part, parsing));
    return (event) => parts.map((part) => part(event));
  }
  const members = Object.entries(template).map(
    ([name, part]) => [name, parseTemplate(part, parsing)] as const,
  );
  return (event) => Object.fromEntries(members.map(([name, part]) => [name, part(event)]));
}

const placeholder = /\\<|<([A-Za-z_][\w-]*)>/g;

function parseText(text: string, parsing: Parsing): Transformer {
  const alone = /^<([A-Za-z_][\w-]*)>$/.exec(text)?.[1];
  if (alone !== undefined) {
    const segments = pathOf(alone, parsing);
    return (event) => valueAt(event, segments) ?? null;
  }
  const parts: (string | readonly Segment[])[] = [];
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    const [whole, name] = match;
    parts.push(text.slice(end, match.index), name === undefined ? '<' : pathOf(name, parsing));
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return (event) => parts.map((part) => (typeof part === 'string' ? part : written(event, part))).join('');
}

function pathOf(name: string, { paths, used, what }: Parsing): readonly Segment[] {
  const segments = paths.get(name);
  if (segments === undefined) {
    const nearest = nearestName(name, [...paths.keys()]);
    throw fault(
      what,
      `no path is named "${name}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
    );
  }
  used.add(name);
  return segments;
}

function written(event: unknown, segments: readonly Segment[]): string {
  const value = valueAt(event, segments);
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
