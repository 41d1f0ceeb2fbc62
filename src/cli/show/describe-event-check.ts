import type { CatalogueCheck, EventCheck, SchemaCheck } from '../../events/index.ts';
import type { Output } from '../output.ts';

/** A row for each event: topic, type, both versions, compatibility, and how it went. */
export function checkRows({ events }: CatalogueCheck, out: Output): readonly (readonly string[])[] {
  return events.map(({ topic, type, version, deployed, compatibility, result, isOk }) => [
    topic,
    type,
    version === null ? '-' : String(version),
    deployed === null ? '-' : String(deployed),
    compatibility,
    out.style(isOk ? 'green' : 'red', result),
  ]);
}

/** What there is to say beside: differences one by one, and what was not compared. */
export function checkNotes({ events, isOk }: CatalogueCheck): readonly string[] {
  const notes = events.flatMap((event) => event.checks.flatMap((check) => notesOf(event, check)));
  if (isOk) return notes;
  return [
    ...notes,
    '→ Make the change compatible, or raise the version and give an upcaster from the one before.',
  ];
}

function notesOf({ topic, type, version }: EventCheck, check: SchemaCheck): readonly string[] {
  const [writer, reader] =
    check.direction === 'backward' ? [check.version, version] : [version, check.version];
  const what = `${topic} ${type}, version ${writer} read by version ${reader}`;
  const note = check.note === null ? [] : [`${what}: ${check.outcome}, ${check.note}`];
  return [
    ...note,
    ...check.differences.map(
      ({ path, rule, text, isCertain }) =>
        `${what}: ${path}: ${text} [${rule}${isCertain ? '' : ', not certain'}]`,
    ),
  ];
}
