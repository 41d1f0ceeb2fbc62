import { formatDuration } from '../../../base/duration.ts';
import { nearestName } from '../../../base/nearest.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { DefinitionView } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { describeValue } from '../../show/describe-value.ts';
import { sampleOf } from '../../show/sample-of.ts';

/** `tutti defs show <name>` */
export const command: CommandSpec = {
  summary: 'Show one definition: its input, its signals, how to start it.',
  args: [{ name: 'name', summary: 'Name of the definition.' }],
  examples: [{ command: 'defs show onboarding', does: 'with a command that starts it' }],
  data: 'DefinitionView',
  async run({ args, out, connect, typed }) {
    const { client } = await connect({ definitions: true });
    const definition = find(await client.listDefinitions(), args.required('name'));
    out.object(definition, () => describe(definition));
    const input =
      definition.input === null || definition.input === undefined
        ? ''
        : ` ${shellWord(describeValue(sampleOf(definition.input), 400))}`;
    out.note(`Start it: ${typed(`run ${shellWord(definition.name)}${input}`)}`);
    return 0;
  },
};

function find(definitions: readonly DefinitionView[], name: string): DefinitionView {
  const found = definitions.find((definition) => definition.name === name);
  if (found !== undefined) return found;
  const nearest = nearestName(
    name,
    definitions.map((definition) => definition.name),
  );
  throw new TuttiError(
    'TUTTI_DEFINITION_NOT_FOUND',
    `No definition is called "${name}".${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`,
  );
}

function describe(definition: DefinitionView): readonly string[] {
  return [
    `${definition.name}  ${definition.kind}, version ${definition.version}`,
    ` timeout  ${definition.timeoutMs === null ? 'none' : formatDuration(definition.timeoutMs)}`,
    ` signals  ${definition.signals === null ? 'any' : definition.signals.join(', ')}`,
    ` input    ${definition.input === null ? 'anything that can be stored' : describeValue(definition.input, 1_000)}`,
    ...(definition.source === null ? [] : [` file     ${definition.source}`]),
  ];
}
