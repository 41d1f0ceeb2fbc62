/** How many numbers a run of a scope keeps for each node. */
export const countsPerNode = 7;

/** Which of them says what: parents in all, parents by their end, and captured nodes that have not ended. */
export const countOf = {
  total: 0,
  success: 1,
  skipped: 2,
  failed: 3,
  upstreamFailed: 4,
  removed: 5,
  captures: 6,
} as const;
