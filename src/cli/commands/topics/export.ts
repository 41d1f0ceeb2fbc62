import { newId } from '../../../base/ids.ts';
import { systemRandom } from '../../../base/random.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import { ArchiveExport, type ExportReport } from '../../../events/index.ts';
import { writeArchive } from '../../archive/write-archive.ts';
import type { CommandSpec } from '../../command.ts';
import type { Output } from '../../output.ts';
import { readInteger } from '../../read-input.ts';
import { readPosition } from '../../read-position.ts';
import { formatBytes } from '../../show/describe-topic.ts';
import { tableLines } from '../../show/table.ts';
import { topicArgument } from '../../show/topic-arguments.ts';

/** `tutti topics export <topic> --out <file>` */
export const command: CommandSpec = {
  summary: 'Write a range of events to a file, one CloudEvent in JSON a line.',
  description:
    'The file is there when it is whole, or not at all. Its name says how it is compressed: .jsonl, .jsonl.gz, .jsonl.zst.',
  args: [topicArgument],
  options: [
    { flags: '--out <file>', summary: 'The file to write.' },
    {
      flags: '--from <position>',
      summary: 'oldest, tip, an offset, an instant, or a duration: so long ago. Default oldest.',
    },
    { flags: '--to <position>', summary: 'The same, exclusive. Default: the end as it is now.' },
    { flags: '-p, --partition <number>', summary: 'Default: all.' },
    { flags: '-t, --type <type...>', summary: 'Only events of these types.' },
    { flags: '-k, --key <key...>', summary: 'Only events of these keys.' },
    { flags: '--force', summary: 'Replace a file that is there.' },
  ],
  examples: [
    { command: 'topics export orders --from 24h --out orders.jsonl.zst', does: 'what came in the last day' },
    { command: 'topics export orders -k o1 --out o1.jsonl', does: 'all of one order' },
  ],
  data: 'ExportReport & { file: string, bytes: number }',
  async run({ args, out, clock, connect, stopSignal }) {
    const path = args.text('out');
    if (path === undefined) {
      throw new TuttiError('TUTTI_ARGUMENT_INVALID', 'An export needs --out with the file to write.');
    }
    const partition = readInteger(args, 'partition', 0, 1_000_000);
    const [from, to] = [readPosition(args, 'from', clock), readPosition(args, 'to', clock)];
    const [types, keys] = [args.texts('type'), args.texts('key')];
    const { client } = await connect({ definitions: true });
    const archive = new ArchiveExport(client, args.required('topic'), {
      ...(partition === undefined ? {} : { partition }),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(types.length === 0 ? {} : { types }),
      ...(keys.length === 0 ? {} : { keys }),
    });
    const bytes = await writeArchive(watched(archive, out), {
      path,
      id: newId(clock, systemRandom),
      mayReplace: args.flag('force') === true,
      signal: stopSignal,
    });
    out.progress('');
    const { report } = archive;
    const whole = { ...report, file: path, bytes };
    out.object(whole, () => describeExport(whole, out));
    for (const { partition: number, offset, reason } of report.unreadable) {
      out.note(`not in the file: ${number}:${offset} ${reason}`);
    }
    return report.unreadable.length === 0 ? 0 : 8;
  },
};

async function* watched(archive: ArchiveExport, out: Output): AsyncGenerator<string> {
  for await (const text of archive.text()) {
    yield text;
    out.progress(`${archive.report.events} events`);
  }
}

function describeExport(
  { file, events, bytes, partitions }: ExportReport & { readonly file: string; readonly bytes: number },
  out: Output,
): readonly string[] {
  return [
    `${out.style('bold', file)}  ${events} events, ${formatBytes(bytes)}`,
    ...tableLines(
      out,
      ['PARTITION', 'FROM', 'TO', 'EVENTS'],
      partitions.map((one) => [one.partition, one.from, one.to, one.events].map(String)),
    ),
  ];
}
