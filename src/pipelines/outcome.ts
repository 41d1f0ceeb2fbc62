/** How a task ended, as another one with a rule that looks at failures sees it. */
export type Outcome<T> =
  | { readonly state: 'success'; readonly value: T }
  | { readonly state: 'failed' | 'upstreamFailed'; readonly error: Error }
  | { readonly state: 'skipped' }
  /** It has not ended: the rule did not ask to wait for it. */
  | { readonly state: 'pending' };
