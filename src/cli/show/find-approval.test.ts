import { describe, expect, it } from 'vitest';
import type { ApprovalView, Client } from '../../app/index.ts';
import { findApproval } from './find-approval.ts';

function question(runId: string, name: string, since: number): ApprovalView {
  return {
    id: `${runId}:/approval:${name}#0`,
    runId,
    definition: 'order',
    question: name,
    to: null,
    since,
    deadline: null,
    remindEveryMs: null,
    remindedAt: null,
    detail: null,
    form: null,
  };
}

const open = [
  question('order-1', 'price', 5),
  question('order-1', 'colour', 6),
  question('order-12', 'price', 4),
];
const client = { listApprovals: () => Promise.resolve(open) } as unknown as Client;

describe('an open question is found', () => {
  it.each([
    ['by its id', 'order-1:/approval:price#0', 0],
    ['by a beginning of its id', 'order-1:/approval:c', 1],
    ['by the run that asks it, also when the id of another run begins like it', 'order-12', 2],
    ['as the newest one', 'latest', 1],
  ])('%s', async (_, asked, index) => {
    expect(await findApproval(client, asked)).toBe(open[index]);
  });

  it('only if it is the only one meant', async () => {
    await expect(findApproval(client, 'order-1')).rejects.toMatchObject({ code: 'TUTTI_RUN_ID_AMBIGUOUS' });
    await expect(findApproval(client, 'nobody')).rejects.toMatchObject({ code: 'TUTTI_APPROVAL_NOT_FOUND' });
  });
});
