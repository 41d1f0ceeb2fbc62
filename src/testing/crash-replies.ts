import type { Client } from '../app/index.ts';
import type { SignalDefinition } from '../workflows/index.ts';
import type { PlannedAnswer } from './test-tutti.ts';

/** A signal for whoever waits for it. */
export interface SignalReply<P = unknown> {
  readonly signal: SignalDefinition<P> | string;
  readonly payload?: P;
}

/** What the outside world says when a run, or a child of it, waits for it. */
export type CrashReply = SignalReply | PlannedAnswer;

/**
 * The outside world of a crash test. It speaks from a process that is never killed, so each wait is replied to once,
 * whatever happens to the process that waits.
 */
export class CrashReplies {
  readonly #replies: readonly CrashReply[];
  readonly #repliedTo = new Set<string>();
  readonly #used = new Map<string, number>();

  constructor(replies: readonly CrashReply[]) {
    this.#replies = replies;
  }

  /** Replies to everything that is waited for now and was not replied to. False if there was nothing to say. */
  async give(client: Client, runIds: readonly string[]): Promise<boolean> {
    let hasSpoken = false;
    for (const id of runIds) {
      for (const { kind, name, key } of (await client.showRun(id)).waits) {
        const place = `${id}:${key}`;
        if ((kind !== 'signal' && kind !== 'approval') || this.#repliedTo.has(place)) continue;
        const reply = this.#next(kind, name);
        if (reply === undefined) continue;
        this.#repliedTo.add(place);
        hasSpoken = true;
        if ('signal' in reply) await client.sendSignal(id, name, reply.payload ?? null);
        else await client.answerApproval(place, reply.answer, reply.by ?? 'test');
      }
    }
    return hasSpoken;
  }

  /** The first wait of a name gets the first reply of that name, the next one the next; the last is repeated. */
  #next(kind: 'signal' | 'approval', name: string): CrashReply | undefined {
    const fitting = this.#replies.filter((reply) => addressOf(reply) === `${kind}:${name}`);
    const used = this.#used.get(`${kind}:${name}`) ?? 0;
    this.#used.set(`${kind}:${name}`, used + 1);
    return fitting[Math.min(used, fitting.length - 1)];
  }
}

function addressOf(reply: CrashReply): string {
  if (!('signal' in reply)) return `approval:${reply.question}`;
  return `signal:${typeof reply.signal === 'string' ? reply.signal : reply.signal.name}`;
}
