import type { MessageKind, MessageRecord, MessageSend, RunNumber } from '../../engine/index.ts';
import { copyPayload } from './copies.ts';

/** The messages that wait to be journaled, oldest first. Ids grow, also when all inboxes were empty in between. */
export class Inboxes {
  readonly #byRun = new Map<RunNumber, MessageRecord[]>();
  readonly #runOf = new Map<number, RunNumber>();
  #lastId = 0;

  /** Puts a message into its run's inbox and returns its id. */
  add(send: MessageSend): number {
    this.#lastId += 1;
    const message: MessageRecord = {
      id: this.#lastId,
      run: send.run,
      kind: send.kind,
      name: send.name,
      at: send.at,
      payload: copyPayload(send.payload),
    };
    const known = this.#byRun.get(send.run);
    if (known === undefined) this.#byRun.set(send.run, [message]);
    else known.push(message);
    this.#runOf.set(message.id, send.run);
    return message.id;
  }

  of(run: RunNumber): readonly MessageRecord[] {
    return this.#byRun.get(run) ?? [];
  }

  has(run: RunNumber, kind: MessageKind, name: string): boolean {
    return this.of(run).some((message) => message.kind === kind && message.name === name);
  }

  /** Looks from the new end, so that the cost is what is found, not what has lain there for long. */
  newerThan(run: RunNumber, seen: number): readonly MessageRecord[] {
    const messages = this.of(run);
    const lastSeen = messages.findLastIndex((message) => message.id <= seen);
    return messages.slice(lastSeen + 1);
  }

  /** Takes out the message; nothing happens when it is no longer there. */
  consume(id: number): void {
    const run = this.#runOf.get(id);
    if (run === undefined) return;
    this.#runOf.delete(id);
    const messages = this.#byRun.get(run) ?? [];
    messages.splice(
      messages.findIndex((message) => message.id === id),
      1,
    );
    if (messages.length === 0) this.#byRun.delete(run);
  }

  /** Deletes all news of a grant that was given back before anyone read it. */
  takeBackGrant(run: RunNumber, key: string): void {
    const news = this.of(run).filter((message) => message.kind === 'slot' && message.name === key);
    for (const { id } of news) this.consume(id);
  }

  deleteRun(run: RunNumber): void {
    for (const message of this.of(run)) this.#runOf.delete(message.id);
    this.#byRun.delete(run);
  }
}
