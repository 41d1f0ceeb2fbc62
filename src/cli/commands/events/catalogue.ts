import { writeFileSync } from 'node:fs';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { readDeclaredEvents } from '../../declared-events.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti events catalogue [modules...]` */
export const command: CommandSpec = {
  summary:
    'List what events look like that were deployed, or that modules declare: versions and JSON Schemas.',
  description:
    'Of modules nothing is entered. `-o json` and --export give everything, in the form that `events check --against` reads.',
  args: [
    {
      name: 'modules',
      summary: 'Files that export topics. Default: none, what was deployed on the store.',
      required: false,
      variadic: true,
    },
  ],
  options: [{ flags: '--export <file>', summary: 'Write it to this file too, over what is there.' }],
  examples: [
    { command: 'events catalogue', does: 'what was deployed, and since when' },
    { command: 'events catalogue topics.ts --export catalogue.json', does: 'to be checked against later' },
  ],
  data: 'Catalogue',
  async run({ args, out, data, connect }) {
    const modules = args.texts('modules');
    const catalogue =
      modules.length > 0
        ? await readDeclaredEvents(modules, data)
        : await (await connect({})).client.readCatalogue();
    const file = args.text('export');
    if (file !== undefined) writeText(file, `${JSON.stringify(catalogue, null, 2)}\n`);
    const rows = catalogue.events.map(({ topic, type, version, compatibility, schemas }) => {
      const newest = schemas.at(-1);
      const isDescribed = newest !== undefined && newest.reads !== null && newest.writes !== null;
      return [
        topic,
        type,
        String(version),
        String(schemas.length),
        compatibility,
        isDescribed ? 'yes' : 'no',
        newest === undefined || newest.since === null ? '-' : formatInstant(newest.since),
      ];
    });
    const headings = ['TOPIC', 'EVENT', 'VERSION', 'SCHEMAS', 'COMPATIBILITY', 'DESCRIBED', 'SINCE'];
    out.object(catalogue, () => tableLines(out, headings, rows));
    if (rows.length === 0) out.note('No events.');
    return 0;
  },
};

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The file ${file} cannot be written: ${String(cause)}`, {
      cause,
    });
  }
}
