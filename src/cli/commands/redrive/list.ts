import type { CommandSpec } from '../../command.ts';
import { formatInstant } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti redrive list` */
export const command: CommandSpec = {
  summary: 'List redrives that go on by themselves, and the newest that ended.',
  args: [],
  options: [],
  examples: [{ command: 'redrive list', does: 'how far each has come' }],
  data: 'RedriveView[]',
  async run({ out, connect }) {
    const { client } = await connect({ definitions: true });
    const jobs = await client.listRedrives();
    out.list(jobs, () =>
      tableLines(
        out,
        ['ID', 'CONSUMER', 'STATE', 'RATE', 'REDRIVEN', 'LEFT', 'AGAIN', 'GUARDED', 'SINCE'],
        jobs.map((job) => [
          job.id,
          `${job.topic}/${job.subscription}${job.query.replay === undefined ? '' : ` (${job.query.replay})`}`,
          job.state,
          job.rate,
          `${job.redriven}/${job.matched}`,
          String(job.left),
          String(job.failedAgain),
          String(job.guarded),
          formatInstant(job.startedAt),
        ]),
      ),
    );
    if (jobs.length === 0) out.note('No redrives.');
    return 0;
  },
};
