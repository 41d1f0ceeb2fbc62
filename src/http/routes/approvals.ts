import { present, type Handlers } from './handlers.ts';

/** Questions to people. */
export const approvalHandlers: Handlers<'listApprovals' | 'answerApproval'> = {
  listApprovals: ({ client, query }) =>
    client.listApprovals(
      present<{ to?: string; run?: string }>({ to: query.text('to'), run: query.text('run') }),
    ),
  answerApproval: ({ client, parameter, body }) =>
    client.answerApproval(parameter('approval'), body.value('answer'), body.requiredText('by')),
};
