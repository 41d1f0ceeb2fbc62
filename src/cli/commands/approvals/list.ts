import type { CommandSpec } from '../../command.ts';
import { formatRelative } from '../../show/format-time.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti approvals list` */
export const command: CommandSpec = {
  summary: 'List open questions to people.',
  options: [
    { flags: '--to <name>', summary: 'Only those addressed to this person or group.' },
    { flags: '--run <id>', summary: 'Only those of this run.' },
  ],
  examples: [{ command: 'approvals list --to admins', does: 'what admins have to decide' }],
  data: 'ApprovalView[]',
  async run({ args, out, clock, connect, typed }) {
    const to = args.text('to');
    const run = args.text('run');
    const { client } = await connect({});
    const open = await client.listApprovals({
      ...(to === undefined ? {} : { to }),
      ...(run === undefined ? {} : { run }),
    });
    const now = clock.now();
    const rows = open.map((approval) => [
      approval.runId,
      approval.question,
      approval.to ?? 'anyone',
      formatRelative(approval.since, now),
      approval.deadline === null ? 'no deadline' : formatRelative(approval.deadline, now),
    ]);
    out.list(open, () => tableLines(out, ['RUN', 'QUESTION', 'TO', 'ASKED', 'DEADLINE'], rows));
    if (open.length === 0) out.note('No open questions.');
    else out.note(`Look at one: ${typed('approvals show <run>')}`);
    return 0;
  },
};
