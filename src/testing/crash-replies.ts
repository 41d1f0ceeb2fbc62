import type { WaitView } from '../app/index.ts';
import type { WantedEvent } from '../engine/index.ts';
import type { NewEvent } from '../events/index.ts';
import type { SignalDefinition } from '../workflows/index.ts';
import type { NamedTopic, PlannedAnswer, TestTutti } from './test-tutti.ts';

/** A signal for whoever waits for it. */
export interface SignalReply<P = unknown> {
  readonly signal: SignalDefinition<P> | string;
  readonly payload?: P;
}

/** An event for whoever waits for one of its type. */
export interface EventReply {
  readonly topic: NamedTopic;
  readonly event: NewEvent;
}

/** What the outside world says when a run, or a child of it, waits for it. */
export type CrashReply = SignalReply | PlannedAnswer | EventReply;

/** Where the outside world speaks. */
interface CrashedWorld extends Pick<TestTutti, 'client'> {
  publish(topic: string, event: NewEvent): Promise<unknown>;
}

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
  async give(world: CrashedWorld, runIds: readonly string[]): Promise<boolean> {
    let hasSpoken = false;
    for (const id of runIds) {
      for (const wait of (await world.client.showRun(id)).waits) {
        const place = `${id}:${wait.key}`;
        const address = addressOfWait(wait);
        if (address === null || this.#repliedTo.has(place)) continue;
        const reply = this.#next(address);
        if (reply === undefined) continue;
        this.#repliedTo.add(place);
        hasSpoken = true;
        await say(world, reply, { id, name: wait.name, place });
      }
    }
    return hasSpoken;
  }

  /** The first wait of a name gets the first reply of that name, the next one the next; the last is repeated. */
  #next(address: string): CrashReply | undefined {
    const fitting = this.#replies.filter((reply) => addressOf(reply) === address);
    const used = this.#used.get(address) ?? 0;
    this.#used.set(address, used + 1);
    return fitting[Math.min(used, fitting.length - 1)];
  }
}

async function say(
  world: CrashedWorld,
  reply: CrashReply,
  { id, name, place }: { readonly id: string; readonly name: string; readonly place: string },
): Promise<void> {
  const { client } = world;
  if ('signal' in reply) await client.sendSignal(id, name, reply.payload ?? null);
  else if ('event' in reply) await world.publish(nameOf(reply.topic), reply.event);
  else await client.answerApproval(place, reply.answer, reply.by ?? 'test');
}

/** What a reply must be addressed to; null for a wait that nobody outside replies to. */
function addressOfWait({ kind, name, detail }: WaitView): string | null {
  if (kind === 'signal' || kind === 'approval') return `${kind}:${name}`;
  if (kind !== 'event') return null;
  const { topic, type } = detail as WantedEvent;
  return `event:${topic}/${type}`;
}

function addressOf(reply: CrashReply): string {
  if ('event' in reply) return `event:${nameOf(reply.topic)}/${reply.event.type}`;
  return 'signal' in reply ? `signal:${nameOf(reply.signal)}` : `approval:${reply.question}`;
}

function nameOf(named: string | { readonly name: string }): string {
  return typeof named === 'string' ? named : named.name;
}
