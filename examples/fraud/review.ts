import { workflow, type Workflow } from 'tutti';
import { z } from 'zod';
import { CardDecided, type ScoredUse, type Topics } from './topics.ts';

const Answer = z.object({ block: z.boolean() });

/** Who is asked. */
export const fraudDesk = 'fraud-desk';

/** Asks a person about a doubtful use, for as long as that takes, and publishes what was answered. */
export function defineReview({ decisions }: Pick<Topics, 'decisions'>): Workflow<ScoredUse> {
  return workflow('fraud-review', async (ctx, { use, score }: ScoredUse) => {
    const answer = await ctx.ask('block the card?', {
      form: Answer,
      to: fraudDesk,
      detail: { card: use.card, merchant: use.merchant, cents: use.amount, reasons: score.reasons },
      timeout: '1d',
    });
    const { id: authorization, card, contact, sentAt } = use;
    const verdict = answer.block ? 'block' : 'pass';
    const decision = { authorization, card, verdict, by: answer.by, contact, sentAt } as const;
    // Commits with the journal: a replay never decides twice.
    await ctx.publish(decisions, CardDecided({ ...decision, reasons: score.reasons }));
  });
}

/** What the desk of this demo answers: it lets small amounts pass. */
export function deskBlocks(cents: number): boolean {
  return cents >= 60_000;
}
