import type { EntryView, RunDetail } from '../../app/index.ts';

/** What the parent tells its child, as JSON in the first argument. */
export interface ChildTask {
  readonly directory: string;
  readonly ledger: string;
  readonly mailPort: number;
  readonly surveyAfterMs: number;
  /** Step whose effect is followed by an endless pause, or null. */
  readonly holdAfterEffectOf: string | null;
  /** Leave the administrator's question open. */
  readonly holdAtQuestion: boolean;
}

/** What the child tells its parent. `held`: it stands where it is to be killed. */
export type ChildMessage =
  | { readonly type: 'started' }
  | { readonly type: 'held' }
  | { readonly type: 'ended'; readonly run: RunDetail; readonly history: readonly EntryView[] };
