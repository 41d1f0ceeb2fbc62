import { userInfo } from 'node:os';
import type { ApprovalView } from '../../../app/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import { shellWord } from '../../program-name.ts';
import { readInput } from '../../read-input.ts';
import { approvalArgument } from '../../show/approval-argument.ts';
import { hasApprovedField } from '../../show/describe-run.ts';
import { findApproval } from '../../show/find-approval.ts';

/** `tutti approvals answer <approval> [answer]` */
export const command: CommandSpec = {
  summary: 'Answer a question; the first answer counts.',
  description: 'The answer is checked against the form and is on disk when the command answers.',
  args: [
    approvalArgument,
    {
      name: 'answer',
      summary: 'The fields of the form as JSON. Default: what --approve or --reject say.',
      required: false,
    },
  ],
  options: [
    { flags: '--approve', summary: 'Sets the field approved to true, where the form has one.' },
    { flags: '--reject', summary: 'Sets the field approved to false, where the form has one.' },
    { flags: '--by <name>', summary: 'Who answers. Default: your name on this machine.' },
    { flags: '--input-file <path>', summary: 'Read the answer from a file; - is stdin.' },
  ],
  examples: [
    { command: 'approvals answer order-7 --approve --by ada', does: 'say yes' },
    {
      command: `approvals answer order-7 '{"approved": false, "note": "no budget"}'`,
      does: 'all fields of the form',
    },
  ],
  data: 'ApprovalView',
  async run({ args, out, connect, typed }) {
    const decision = readDecision(args);
    const written = await readInput(args, 'answer');
    if (decision === undefined && written === undefined) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        'There is no answer; expected --approve, --reject, or the fields of the form as JSON.',
      );
    }
    const { client } = await connect({ writes: true, definitions: true });
    const approval = await findApproval(client, args.required('approval'));
    const answer = decision === undefined ? written : withDecision(approval, written, decision);
    const by = args.text('by') ?? userInfo().username;
    const closed = await client.answerApproval(approval.id, answer, by);
    out.object(closed, () => [`"${closed.question}" of ${closed.runId} is answered by ${by}.`]);
    out.note(`Next: ${typed(`runs show ${shellWord(closed.runId)}`)}`);
    return 0;
  },
};

function readDecision(args: Arguments): boolean | undefined {
  const isApproved = args.flag('approve');
  const isRejected = args.flag('reject');
  if (isApproved === true && isRejected === true) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'Both --approve and --reject were given; expected one of them.',
    );
  }
  return isApproved === true ? true : isRejected === true ? false : undefined;
}

function withDecision(approval: ApprovalView, written: unknown, approved: boolean): unknown {
  const isDescribed = approval.form !== null && approval.form !== undefined;
  if (isDescribed && !hasApprovedField(approval.form)) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      `The form of "${approval.question}" has no field 'approved' that is true or false; expected its fields as JSON.`,
    );
  }
  if (written !== undefined && (typeof written !== 'object' || written === null)) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'The answer beside --approve or --reject must be a JSON object.',
    );
  }
  return { ...written, approved };
}
