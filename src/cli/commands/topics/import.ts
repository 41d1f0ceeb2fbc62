import { TuttiError } from '../../../base/tutti-error.ts';
import {
  intervalOf,
  Pace,
  publishArchive,
  type ImportOptions,
  type ImportReport,
} from '../../../events/index.ts';
import { checkFiles, type CheckedFile } from '../../archive/check-files.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import type { Output } from '../../output.ts';
import { tableLines } from '../../show/table.ts';
import { topicArgument } from '../../show/topic-arguments.ts';

/** What became of one file. */
interface ImportedFile extends Omit<ImportReport, 'archive'> {
  readonly file: string;
  /** Null when nothing was to be published. */
  readonly archive: string | null;
}

/** `tutti topics import <topic> <files...>` */
export const command: CommandSpec = {
  summary: 'Publish the events of archives, file by file, each line once however often this is called.',
  description:
    'All files are checked first; a line that cannot be published refuses them all. Killed or stopped, the same command goes on where it was.',
  args: [
    topicArgument,
    { name: 'files', summary: 'Files of topics export, or other CloudEvents one a line.', variadic: true },
  ],
  options: [
    { flags: '--dry-run', summary: 'Only check and count.' },
    {
      flags: '--skip-bad <file>',
      summary: 'Leave out lines that cannot be published, and write them there.',
    },
    {
      flags: '--ids <which>',
      summary: 'Default keep; new ones are the same in every try.',
      values: ['keep', 'new'],
    },
    {
      flags: '--times <which>',
      summary: 'Times and expiries. Default keep; new: the time of the import.',
      values: ['keep', 'new'],
    },
    { flags: '--unchecked', summary: 'Do not check data by its schema.' },
    { flags: '--rate <rate>', summary: 'At this pace, such as 500/s. Default: as fast as it goes.' },
    {
      flags: '--as <name>',
      summary:
        'Import under this name: what was imported without it, or under another, is published once more.',
    },
  ],
  examples: [
    { command: 'topics import orders orders.jsonl.zst --dry-run', does: 'what would be refused' },
    {
      command: 'topics import orders-test orders.jsonl.zst --rate 500/s',
      does: 'a replay that others can bear',
    },
  ],
  data: 'ImportedFile[]',
  async run({ args, out, clock, connect, stopSignal }) {
    const isDryRun = args.flag('dryRun') === true;
    const rate = args.text('rate');
    const intervalMs = rate === undefined ? 0 : intervalOf(rate);
    const suffix = suffixOf(args.text('as'));
    const { client } = await connect({ writes: !isDryRun, definitions: true });
    const what = { target: client, topic: args.required('topic'), options: optionsOf(args) };
    const request = { files: args.texts('files'), what, skipBad: args.text('skipBad'), isDryRun };
    const checked = await checkFiles({ ...request, out, signal: stopSignal });
    const done: ImportedFile[] = [];
    for (const one of checked) {
      if (isDryRun || stopSignal.aborted) {
        done.push(notImported(one));
        continue;
      }
      const archive = `${one.checked.digest}${suffix}`;
      const pace = new Pace(clock, intervalMs);
      const onProgress = (lines: number): void =>
        out.progress(`${one.file}: ${lines} of ${one.checked.lines} lines`);
      const toPublish = { ...one.what, archive, pace, checked: one.checked };
      const report = await publishArchive(toPublish, { onProgress, signal: stopSignal });
      done.push({ ...report, file: one.file });
    }
    out.progress('');
    out.list(done, () => describeFiles(done, out));
    if (isDryRun) out.note('Nothing was published.');
    else tellWhatIsLeft(done, out);
    return stopSignal.aborted ? 6 : 0;
  },
};

function optionsOf(args: Arguments): ImportOptions {
  // The parser takes no other words.
  const [ids, times] = [args.text('ids'), args.text('times')] as readonly ImportOptions['ids'][];
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(times === undefined ? {} : { times }),
    ...(args.text('skipBad') === undefined ? {} : { skipBad: true }),
    ...(args.flag('unchecked') === true ? { unchecked: true } : {}),
  };
}

/** @throws TUTTI_OPTION_INVALID */
function suffixOf(name: string | undefined): string {
  if (name === undefined) return '';
  if (/^[\w.-]{1,100}$/.test(name)) return `:${name}`;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `Option --as is '${name}'; expected 1 to 100 letters, digits, dots, hyphens and underscores.`,
  );
}

function notImported({ file, checked }: CheckedFile): ImportedFile {
  const { lines, events, badLines } = checked;
  return { file, archive: null, lines, events, duplicates: 0, badLines, doneBefore: 0, isComplete: false };
}

function describeFiles(files: readonly ImportedFile[], out: Output): readonly string[] {
  return tableLines(
    out,
    ['FILE', 'LINES', 'EVENTS', 'DUPLICATES', 'BAD', 'DONE BEFORE'],
    files.map(({ file, lines, events, duplicates, badLines, doneBefore }) => [
      file,
      ...[lines, events, duplicates, badLines, doneBefore].map(String),
    ]),
  );
}

function tellWhatIsLeft(files: readonly ImportedFile[], out: Output): void {
  if (files.some(({ isComplete }) => !isComplete)) out.note('Stopped; the same command goes on.');
  for (const { file, lines, doneBefore } of files) {
    if (lines > 0 && doneBefore === lines) {
      out.note(`${file} was imported before, and nothing was published; for once more: --as <name>.`);
    }
  }
}
