import { checkCatalogue, readCatalogue } from '../../../events/index.ts';
import type { CommandSpec } from '../../command.ts';
import { readDeclaredEvents } from '../../declared-events.ts';
import { readJsonFile } from '../../read-input.ts';
import { checkNotes, checkRows } from '../../show/describe-event-check.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti events check [modules...]` */
export const command: CommandSpec = {
  summary:
    'Compare the events that modules declare with what was deployed; exits with 8 if that breaks something.',
  description:
    'What each event must keep is its `compatibility`, or that of its topic. Nothing is entered: a start does that. What cannot be ' +
    'proved to be compatible fails the check too; where a schema has no JSON Schema, nothing is compared and that is said.',
  args: [
    {
      name: 'modules',
      summary: 'Files that export topics. Default: those the engine here was started with.',
      required: false,
      variadic: true,
    },
  ],
  options: [
    {
      flags: '--against <file>',
      summary: 'A catalogue in a file; - is stdin. Default: what was deployed on the store.',
    },
  ],
  examples: [
    { command: 'events check topics.ts', does: 'before a deployment, beside its store' },
    { command: 'events check topics.ts --against catalogue.json', does: 'where the store is out of reach' },
  ],
  data: 'CatalogueCheck',
  async run({ args, out, data, connect }) {
    const declared = await readDeclaredEvents(args.texts('modules'), data);
    const file = args.text('against');
    const check =
      file === undefined
        ? await (await connect({})).client.checkCatalogue(declared)
        : checkCatalogue(declared, readCatalogue(await readJsonFile(file), `The file ${file}`));
    const headings = ['TOPIC', 'EVENT', 'VERSION', 'DEPLOYED', 'COMPATIBILITY', 'RESULT'];
    out.object(check, () => tableLines(out, headings, checkRows(check, out)));
    if (check.events.length === 0) out.note('The modules declare no events.');
    for (const note of checkNotes(check)) out.note(note);
    return check.isOk ? 0 : 8;
  },
};
