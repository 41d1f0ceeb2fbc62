/**
 * A run that waits for a person, for a signal and for time.
 *
 *   node --conditions=tutti-source examples/02-approval/main.ts
 */
import { createTutti, isTuttiError, signal, workflow } from 'tutti';
import type { ApprovalView, SignalDefinition, Workflow } from 'tutti';
import { z } from 'zod';

interface Expense {
  readonly employee: string;
  readonly amount: number;
}

const paid: SignalDefinition<{ readonly reference: string }> = signal(
  'paid',
  z.object({ reference: z.string() }),
);

/** Asks a manager, then waits until the bank says that the money has left. */
const reimburse: Workflow<Expense, string> = workflow('reimburse', async (ctx, expense: Expense) => {
  ctx.status('waiting for a manager');
  try {
    const review = await ctx.ask('reimburse?', {
      form: z.object({ approved: z.boolean() }),
      to: 'managers',
      timeout: '1s',
      detail: expense,
    });
    if (!review.approved) return `refused by ${review.by}`;
  } catch (error) {
    if (isTuttiError(error) && error.code === 'TUTTI_WAIT_TIMEOUT') return 'nobody decided in time';
    throw error;
  }
  ctx.status('waiting for the bank');
  const { reference } = await ctx.waitFor(paid, { timeout: '3d' });
  return `paid, ${reference}`;
});

const tutti = await createTutti({ definitions: [reimburse] });
await tutti.start();
const { client } = tutti;

const answered = await client.startRun('reimburse', { employee: 'Ines', amount: 120 });
const forgotten = await client.startRun('reimburse', { employee: 'Tom', amount: 80 });

// The manager finds the question in the list and answers it; a wrong answer is refused by the form.
const question = await openQuestion(answered.id);
console.log(`asked of ${question.to ?? 'anyone'}: ${question.question}`, question.detail);
await client.answerApproval(question.id, { approved: 'yes, please' }, 'Maria').catch((error: unknown) => {
  console.log(isTuttiError(error) ? error.code : error);
});
await client.answerApproval(question.id, { approved: true }, 'Maria');
// A signal may come before the run waits for it: it stays in the run's inbox.
await client.sendSignal(answered.id, 'paid', { reference: 'transfer 4711' });

console.log('Ines:', (await client.waitForRun(answered.id)).output);
console.log('Tom:', (await client.waitForRun(forgotten.id)).output);
await tutti.stop();

/** The question appears as soon as the run has reached it. */
async function openQuestion(run: string): Promise<ApprovalView> {
  for (;;) {
    const [found] = await client.listApprovals({ run });
    if (found !== undefined) return found;
    await client.waitForRun(run, { timeoutMs: 10 });
  }
}
