import type { MessageKind, MessageRecord } from './model/message.ts';
import type { ReceivedMessage } from './received-message.ts';

/** An operation that takes a message. */
export interface Receiver {
  receive(message: ReceivedMessage): void;
}

/**
 * The inbox of one run in memory: messages that wait for a receiver, and receivers that wait for a message, each in the
 * order they came. A message leaves the store only with the commit that journals what it did.
 */
export class Mailbox {
  /** By kind and name. Made on first use, like the other: most runs neither get nor await a message. */
  #messages: Map<string, ReceivedMessage[]> | null = null;
  #receivers: Map<string, Receiver[]> | null = null;
  #seen: number;

  /** `seen`: the highest message id known so far. */
  constructor(seen: number) {
    this.#seen = seen;
  }

  /** The highest message id that was put here; goes into every change of the run's row (S5). */
  get seen(): number {
    return this.#seen;
  }

  /** Remembers the message and returns true, or returns false if it is not new. */
  notice(message: MessageRecord): boolean {
    if (message.id <= this.#seen) return false;
    this.#seen = message.id;
    return true;
  }

  /** Hands the message to the receiver that has waited longest for its kind and name, or keeps it. */
  put(message: ReceivedMessage): void {
    const address = addressOf(message.kind, message.name);
    const receiver = this.#receivers?.get(address)?.shift();
    if (receiver !== undefined) return receiver.receive(message);
    this.#messages ??= new Map();
    const kept = this.#messages.get(address);
    if (kept === undefined) this.#messages.set(address, [message]);
    else kept.push(message);
  }

  /** Gives the oldest kept message to the receiver, at once, or remembers the receiver. */
  expect(kind: MessageKind, name: string, receiver: Receiver): void {
    const address = addressOf(kind, name);
    const message = this.#messages?.get(address)?.shift();
    if (message !== undefined) return receiver.receive(message);
    this.#receivers ??= new Map();
    const waiting = this.#receivers.get(address);
    if (waiting === undefined) this.#receivers.set(address, [receiver]);
    else waiting.push(receiver);
  }

  /** The receiver no longer waits. */
  forget(kind: MessageKind, name: string, receiver: Receiver): void {
    const waiting = this.#receivers?.get(addressOf(kind, name));
    const index = waiting?.indexOf(receiver) ?? -1;
    if (index >= 0) waiting?.splice(index, 1);
  }
}

function addressOf(kind: MessageKind, name: string): string {
  return `${kind}:${name}`;
}
