import type { EntryView } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { formatDay } from '../../show/format-time.ts';
import { readWholeHistory } from '../../show/read-whole-history.ts';
import { runArgument } from '../../show/run-argument.ts';
import { exactAddressOf } from '../../show/describe-run.ts';
import { Timeline } from '../../show/timeline.ts';

/** `tutti runs history <run>` */
export const command: CommandSpec = {
  summary: 'Read the journal of a run, entry by entry.',
  args: [runArgument],
  options: [
    { flags: '--from <position>', summary: 'Begin with this entry. Default 0.' },
    { flags: '--limit <count>', summary: 'At most this many. Default: all.' },
  ],
  examples: [
    { command: 'runs history latest', does: 'everything the newest run did' },
    { command: 'runs history order-7 -o jsonl', does: 'one entry per line, for jq' },
  ],
  data: 'EntryView[]',
  async run({ args, out, connect }) {
    const from = readInteger(args, 'from', 0, Number.MAX_SAFE_INTEGER) ?? 0;
    const limit = readInteger(args, 'limit', 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY;
    const { client } = await connect({});
    const run = await client.showRun(args.required('run'));
    const entries: EntryView[] = [];
    const since = from === 0 ? (run.startedAt ?? undefined) : undefined;
    const timeline = new Timeline(out, since, formatDay(run.startedAt ?? run.createdAt));
    for await (const entry of readWholeHistory(client, exactAddressOf(run), { from, limit })) {
      // A journal may be long: only one JSON document must be gathered before it is written.
      if (out.form === 'json') entries.push(entry);
      else out.list([entry], () => timeline.linesOf(entry));
    }
    if (out.form === 'json') out.list(entries, () => []);
    return 0;
  },
};
