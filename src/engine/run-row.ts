import { toErrorRecord } from '../base/error-record.ts';
import { withCause } from './caused-text.ts';
import { encodeError } from './encode-error.ts';
import type { Cause } from './model/cause.ts';
import type { Payload } from './model/payload.ts';
import { nobody, neverWakes, type RunNumber, type RunRecord, type RunState } from './model/run.ts';
import type { RunServices } from './operations/run-services.ts';
import type { RunChange } from './ports/store.ts';
import type { RunEnd } from './run-end.ts';
import { untilStored } from './until-stored.ts';

/** What the row of a run needs of its run. */
export interface RunRowHost {
  readonly record: RunRecord;
  readonly services: RunServices;
  /** The number of the worker that owns it. */
  readonly workerNumber: number;
  /** `seen`: the newest message that the run knows (S5). */
  readonly inbox: { readonly seen: number };
}

/** The row of one live run: the changes its owner makes of it, in order, each riding on the next commit. */
export class RunRow {
  readonly #host: RunRowHost;
  #state: RunState = 'running';
  #status: string | null = null;
  #isClosed = false;
  #ended: RunRecord | null = null;

  constructor(host: RunRowHost) {
    this.#host = host;
  }

  /** The row as the change that ends the run leaves it; null before that. */
  get endedRecord(): RunRecord | null {
    return this.#ended;
  }

  /** Whether the row says, or will say, that the run waits. */
  get isWaiting(): boolean {
    return this.#state === 'waiting';
  }

  /** What the code says it is doing; written with the next change. */
  set status(text: string) {
    this.#status = text;
  }

  /** The run is at work again. */
  running(): void {
    this.#state = 'running';
    this.#change('running', this.#host.workerNumber, 0);
  }

  /** The run waits in the memory of its owner. */
  waiting(wakeAt: number): void {
    this.#state = 'waiting';
    this.#change('waiting', this.#host.workerNumber, wakeAt);
  }

  /** The run waits, and belongs to nobody. */
  released(wakeAt: number): void {
    this.#change('waiting', nobody, wakeAt);
  }

  /** The run is for whoever claims it then; until then nothing wakes it, because what it needs cannot be read. */
  handedBack(wakeAt: number): void {
    const { queue, clock } = this.#host.services;
    queue.change(handBack(this.#host.record.number, clock.now(), wakeAt));
  }

  /** The run stands still until a person, or other code, comes. */
  paused(reason: Error): void {
    const text = encodeError(toErrorRecord(reason));
    this.#change('paused', nobody, neverWakes, this.#host.services.payloads.always(text));
  }

  /** The run is others' now: nothing is written any more, also not the end whose result is just being spilled. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * The run is over. Its parent, if it has one, is told in the same commit, with what the run came to follow from since its start, if
   * anything. `written` is called when that is enqueued.
   */
  ended(end: RunEnd, cause: Cause | null, written: () => void): void {
    if ('payload' in end) {
      this.#end(end.state, end.payload, cause);
      return written();
    }
    const { services, record } = this.#host;
    const spilled = untilStored(
      services.clock,
      () => services.payloads.spill(end.spill, record.id),
      () => !this.#isClosed,
    );
    spilled.then(
      (stored) => {
        if (this.#isClosed) return;
        this.#end(end.state, stored, cause);
        written();
      },
      (error: unknown) => {
        if (this.#isClosed) return;
        this.#end('failed', services.payloads.always(encodeError(toErrorRecord(error))), cause);
        written();
      },
    );
  }

  #end(state: RunState, payload: Payload | null, cause: Cause | null): void {
    const { queue, clock, nudge } = this.#host.services;
    const { parent, number } = this.#host.record;
    if (parent !== null) {
      const { run, operation } = parent;
      queue.send(
        {
          run,
          kind: 'child',
          name: operation,
          at: clock.now(),
          payload: withCause(String(number), cause),
          onlyIfWaiting: operation,
        },
        nudge,
      );
    }
    const { at } = this.#change(state, nobody, null, payload);
    const row = { state, owner: nobody, wakeAt: null, result: payload, updatedAt: at, endedAt: at };
    const { record } = this.#host;
    this.#ended = { ...record, ...row, status: this.#status ?? record.status };
  }

  #change(state: RunState, owner: number, wakeAt: number | null, result?: Payload | null): RunChange {
    const { record, services, inbox } = this.#host;
    const change: RunChange = {
      run: record.number,
      state,
      at: services.clock.now(),
      owner,
      wakeAt,
      seenMessage: inbox.seen,
      ...(result === undefined ? {} : { result }),
      ...(this.#status === null ? {} : { status: this.#status }),
    };
    services.queue.change(change);
    return change;
  }
}

/**
 * Gives a run back that cannot go on here, at the earliest at `wakeAt`. A message that nobody has seen does not wake it before:
 * it may be the one that cannot be read.
 */
export function handBack(run: RunNumber, at: number, wakeAt: number): RunChange {
  return { run, state: 'waiting', at, owner: nobody, wakeAt, seenMessage: Number.MAX_SAFE_INTEGER };
}
