import type { ErrorRecord } from '../../base/error-record.ts';
import type { ServingChoice } from '../serving-options.ts';

/** What the supervisor tells its child, once. */
export interface ServeRequest {
  /** The place of the data as `StoreDirectory` takes it. */
  readonly store: string | null;
  readonly modules: readonly string[];
  readonly serving: ServingChoice;
  readonly isVerbose: boolean;
}

/** What the child tells its supervisor. */
export type ChildReport =
  /** Files its modules are made of; sent before they are run, since running them may end the child. */
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 'ready';
      readonly url: string;
      readonly definitions: readonly string[];
      readonly failures: readonly ErrorRecord[];
    }
  /** The engine could not be started; the child ends. */
  | { readonly kind: 'failed'; readonly error: ErrorRecord };
