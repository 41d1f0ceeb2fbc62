import type { ApprovalView } from '../../../app/index.ts';
import type { CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { approvalArgument } from '../../show/approval-argument.ts';
import { hasApprovedField } from '../../show/describe-run.ts';
import { describeValue } from '../../show/describe-value.ts';
import { findApproval } from '../../show/find-approval.ts';
import { formatInstant, formatRelative } from '../../show/format-time.ts';
import { sampleOf } from '../../show/sample-of.ts';

/** `tutti approvals show <approval>` */
export const command: CommandSpec = {
  summary: 'Show an open question: what is asked, of whom, and what an answer looks like.',
  args: [approvalArgument],
  examples: [{ command: 'approvals show latest', does: 'the newest question' }],
  data: 'ApprovalView',
  async run({ args, out, clock, connect, typed }) {
    const { client } = await connect({});
    const approval = await findApproval(client, args.required('approval'));
    out.object(approval, () => describe(approval, clock.now()));
    for (const answer of waysToAnswer(approval))
      out.note(`  ${typed(`approvals answer ${shellWord(approval.runId)} ${answer} --by <name>`)}`);
    return 0;
  },
};

function describe(approval: ApprovalView, now: number): readonly string[] {
  const deadline =
    approval.deadline === null
      ? 'none'
      : `${formatInstant(approval.deadline)} (${formatRelative(approval.deadline, now)})`;
  return [
    `"${approval.question}"`,
    ` asked by  ${approval.runId} (${approval.definition})`,
    ` of        ${approval.to ?? 'anyone'}`,
    ` since     ${formatInstant(approval.since)} (${formatRelative(approval.since, now)})`,
    ` deadline  ${deadline}`,
    ...(approval.detail === null || approval.detail === undefined
      ? []
      : [` about     ${describeValue(approval.detail, 400)}`]),
    ...(approval.form === null || approval.form === undefined
      ? []
      : [` form      ${describeValue(approval.form, 400)}`]),
    ` id        ${approval.id}`,
  ];
}

function waysToAnswer(approval: ApprovalView): readonly string[] {
  if (hasApprovedField(approval.form)) return ['--approve', '--reject'];
  return [shellWord(describeValue(sampleOf(approval.form), 400))];
}
