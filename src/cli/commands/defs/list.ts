import { relative } from 'node:path';
import { formatDuration } from '../../../base/duration.ts';
import type { CommandSpec } from '../../command.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti defs list` */
export const command: CommandSpec = {
  summary: 'List the definitions the engine has the code of.',
  examples: [{ command: 'defs list -o json', does: 'with the schemas of their inputs' }],
  data: 'DefinitionView[]',
  async run({ out, connect }) {
    const { client } = await connect({ definitions: true });
    const definitions = await client.listDefinitions();
    const rows = definitions.map(({ name, kind, version, timeoutMs, source }) => [
      name,
      kind,
      version,
      timeoutMs === null ? '' : formatDuration(timeoutMs),
      source === null ? '' : relative('.', source),
    ]);
    out.list(definitions, () => tableLines(out, ['NAME', 'KIND', 'VERSION', 'TIMEOUT', 'FILE'], rows));
    if (definitions.length === 0) out.note('No definitions.');
    return 0;
  },
};
