import type { CancelScope } from './cancel-scope.ts';
import type { WantedEvent } from './model/event-wait.ts';
import { Occurrences, OperationIdentity } from './operation-identity.ts';
import { CancelWatch } from './operations/cancel-watch.ts';
import type { OperationHost } from './operations/operation.ts';

/**
 * The scope paths of the watches; code has none that begins like this. Those of the start have their own, so that they keep their
 * names, and with them their rows, when the definition comes to name other events.
 */
const paths = { ofDefinition: '~cancel', ofStart: '~cancel/start' } as const;

/** Events that cancel a run: those that its definition names for its input, and those that whoever started it did. */
export type CancelingEvents = Readonly<Record<keyof typeof paths, readonly WantedEvent[]>>;

/** The watches of one live run for the events that cancel it. */
export class CancelWatches {
  readonly #host: OperationHost;
  readonly #watches: readonly CancelWatch[];
  #isStopped = false;

  /** `root`: the scope of the whole run. */
  constructor(host: OperationHost, root: CancelScope, { ofDefinition, ofStart }: CancelingEvents) {
    this.#host = host;
    const occurrences = new Occurrences();
    const watch = (path: string, wanted: WantedEvent): CancelWatch => {
      const occurrence = occurrences.next(path, 'event', wanted.type);
      const at = { place: { path, cancelScope: root }, occurrence, issuedAt: host.now };
      return new CancelWatch(host, new OperationIdentity('event', wanted.type, at), wanted);
    };
    this.#watches = [
      ...ofDefinition.map((wanted) => watch(paths.ofDefinition, wanted)),
      ...ofStart.map((wanted) => watch(paths.ofStart, wanted)),
    ];
  }

  /** Keys of the rows that are to stay: none once the run is canceled. */
  get keys(): readonly string[] {
    return this.#isStopped ? [] : this.#watches.map(({ identity }) => identity.key);
  }

  /** The journal is through. */
  begin(): void {
    if (!this.#isStopped) for (const watch of this.#watches) watch.begin();
  }

  /** The run is canceled: one reason is enough. While it replays, its rows go with those that nobody waits for any more. */
  cancel(options: { readonly isReplaying: boolean }): void {
    this.stop();
    if (options.isReplaying) return;
    for (const watch of this.#watches) this.#host.noLongerWaiting(watch);
  }

  /** The run leaves this worker. */
  stop(): void {
    this.#isStopped = true;
    for (const watch of this.#watches) watch.stop();
  }
}
