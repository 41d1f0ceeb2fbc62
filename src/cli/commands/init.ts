import { basename, resolve } from 'node:path';
import type { StarterTemplate } from '../../advisor/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Arguments, CommandSpec } from '../command.ts';
import { packageVersion } from '../package-version.ts';
import { shellWord } from '../program-name.ts';
import type { AdviceForStarter } from '../starter/read-advice-file.ts';

const templates: readonly StarterTemplate[] = ['pipeline', 'events', 'workflow', 'mixed'];

/** `tutti init [directory]` */
export const command: CommandSpec = {
  summary: 'Write a small starter project that runs at once and has a passing test.',
  description:
    'The template comes from an advice, whose decision record is written into the project too, or is named. The directory must ' +
    'be new or empty.',
  args: [{ name: 'directory', summary: 'Where. Default: the current directory.', required: false }],
  options: [
    { flags: '--from <path>', summary: 'An advice, as `tutti advise -o json` writes it.' },
    { flags: '--template <name>', summary: 'A template. Default: the one of the advice.', values: templates },
  ],
  examples: [
    { command: 'init shop --template workflow', does: 'a stateful workflow in ./shop' },
    { command: 'init shop --from advice.json', does: 'what the advice recommends, with its decision record' },
  ],
  data: '{ directory, template, files: string[] }',
  connects: false,
  async run({ args, out }) {
    const directory = resolve(args.text('directory') ?? '.');
    const { template, files: fromAdvice } = await chooseTemplate(args);
    const { createStarter } = await import('../starter/create-starter.ts');
    const { writeStarter } = await import('../starter/write-starter.ts');
    const files = [
      ...createStarter({ template, name: packageNameOf(directory), version: packageVersion() }),
      ...fromAdvice,
    ];
    writeStarter(directory, files);
    const paths = files.map(({ path }) => path);
    out.object({ directory, template, files: paths }, () => paths.map((path) => `wrote ${path}`));
    const enter =
      args.text('directory') === undefined ? '' : `cd ${shellWord(args.text('directory') ?? '')} && `;
    out.note(`Next: ${enter}npm install && npm start && npm test`);
    return 0;
  },
};

async function chooseTemplate(args: Arguments): Promise<AdviceForStarter> {
  const named = templates.find((template) => template === args.text('template'));
  const from = args.text('from');
  if (from === undefined) {
    if (named !== undefined) return { template: named, files: [] };
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      `Nothing says which project to write; expected --from with an advice, or --template with one of ${templates.join(', ')}.`,
    );
  }
  const { readAdviceFile } = await import('../starter/read-advice-file.ts');
  const advice = await readAdviceFile(from);
  return named === undefined ? advice : { ...advice, template: named };
}

/** A name npm accepts, after the directory. */
function packageNameOf(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return name === '' || name === 'tutti' ? 'starter' : name;
}
