import type { ApprovalView, Client } from '../../app/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';

/**
 * The open question someone means by its id, a unique beginning of it, the id of the run that asks, or `latest`.
 *
 * @throws TUTTI_APPROVAL_NOT_FOUND, and TUTTI_RUN_ID_AMBIGUOUS when a run asks several things or a beginning fits several.
 */
export async function findApproval(client: Client, asked: string): Promise<ApprovalView> {
  const open = await client.listApprovals();
  const found = candidates(open, asked);
  const [approval] = found;
  if (approval === undefined) {
    throw new TuttiError(
      'TUTTI_APPROVAL_NOT_FOUND',
      `No open question has the id '${asked}', and no run of this id asks one.`,
      {
        details: { asked },
      },
    );
  }
  if (found.length > 1) {
    const ids = found.map(({ id }) => id);
    throw new TuttiError(
      'TUTTI_RUN_ID_AMBIGUOUS',
      `'${asked}' fits ${found.length} open questions: ${ids.slice(0, 5).join(', ')}.`,
      {
        details: { asked, ids },
      },
    );
  }
  return approval;
}

function candidates(open: readonly ApprovalView[], asked: string): readonly ApprovalView[] {
  if (asked === 'latest') {
    const newest = open.reduce<ApprovalView | undefined>(
      (best, item) => (best === undefined || item.since >= best.since ? item : best),
      undefined,
    );
    return newest === undefined ? [] : [newest];
  }
  const ways: ((approval: ApprovalView) => boolean)[] = [
    ({ id }) => id === asked,
    ({ runId }) => runId === asked || runId.startsWith(`${asked}@`) || asked.startsWith(`${runId}@`),
    ({ id }) => id.startsWith(asked),
  ];
  for (const way of ways) {
    const found = open.filter(way);
    if (found.length > 0) return found;
  }
  return [];
}
