/**
 * Schema version 4: `run` loses `has_slots`. Which of the runs that end in a commit hold slots is asked of `slot`, once for all of
 * them; a mark that the ending update returned cost every run more than that (docs/decisions/0024-cheaper-run-ends.md).
 */
export const noSlotMarkSchema: string = 'alter table run drop column has_slots';
