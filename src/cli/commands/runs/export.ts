import { writeFileSync } from 'node:fs';
import type { EntryView } from '../../../app/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { CommandSpec } from '../../command.ts';
import { compact } from '../../output.ts';
import { packageVersion } from '../../package-version.ts';
import { addressOf, exactAddressOf } from '../../show/describe-run.ts';
import { readWholeHistory } from '../../show/read-whole-history.ts';
import { runArgument } from '../../show/run-argument.ts';

/** `tutti runs export <run>` */
export const command: CommandSpec = {
  summary: 'Write a run with its whole journal as one JSON document, to keep or to attach to a report.',
  description: 'The document holds inputs and results as they are: look through it before you give it away.',
  args: [runArgument],
  options: [{ flags: '-f, --file <path>', summary: 'Write to this file. Default: stdout.' }],
  examples: [{ command: 'runs export latest --file run.json', does: 'the newest run as a file' }],
  async run({ args, out, connect }) {
    const { client } = await connect({});
    const run = await client.showRun(args.required('run'));
    const history: EntryView[] = [];
    for await (const entry of readWholeHistory(client, exactAddressOf(run), {
      from: 0,
      limit: Number.POSITIVE_INFINITY,
    })) {
      history.push(entry);
    }
    const text = compact({ format: 'tutti.run/1', version: packageVersion(), run, history });
    const file = args.text('file');
    if (file === undefined) out.line(text);
    else writeText(file, text);
    out.note(`${addressOf(run)}: ${history.length} entries.`);
    return 0;
  },
};

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, `${text}\n`, { flag: 'wx' });
  } catch (cause) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The file ${file} cannot be written: ${String(cause)}`, {
      cause,
    });
  }
}
