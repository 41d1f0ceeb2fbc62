import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageRecord, MessageSend, RunNumber, WorkerNumber } from '../../engine/index.ts';
import { inboxColumns, messageFromRow, type InboxRow } from '../rows.ts';

/** Table `inbox`: accepted messages whose effect is not journaled yet. */
export class Inbox {
  readonly #insert: StatementSync;
  readonly #consume: StatementSync;
  readonly #empty: StatementSync;
  readonly #holds: StatementSync;
  readonly #ofRun: StatementSync;
  readonly #ofRuns: StatementSync;
  readonly #newForWorker: StatementSync;
  readonly #takeBack: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`insert into inbox (${inboxColumns}) values (?, ?, ?, ?, ?, ?)`);
    this.#consume = db.prepare('delete from inbox where id = ?');
    this.#empty = db.prepare('delete from inbox where run in (select value from json_each(?))');
    this.#holds = db.prepare('select 1 from inbox where run = ? and kind = ? and name = ?');
    this.#takeBack = db.prepare("delete from inbox where run = ? and kind = 'slot' and name = ?");
    this.#ofRun = db.prepare(`select ${inboxColumns} from inbox where run = ? order by id`);
    this.#ofRuns = db.prepare(
      `select ${inboxColumns} from inbox where run in (select value from json_each(?)) order by run, id`,
    );
    // Walks the inbox from `after` on: it holds only what is not journaled yet.
    this.#newForWorker = db.prepare(
      `select i.id, i.run, i.kind, i.name, i.at, i.payload
       from inbox i cross join run r on r.number = i.run
       where i.id > ? and r.owner = ? order by i.id limit ?`,
    );
  }

  insert(id: number, send: MessageSend): void {
    this.#insert.run(id, send.run, send.kind, send.name, send.at, send.payload);
  }

  consume(ids: readonly number[]): void {
    for (const id of ids) this.#consume.run(id);
  }

  /** Deletes all news of a grant that was given back before anyone read it. */
  takeBackGrant(run: RunNumber, key: string): void {
    this.#takeBack.run(run, key);
  }

  empty(runsJson: string): void {
    this.#empty.run(runsJson);
  }

  /** Whether a message of the same kind and name lies there already. */
  holds(send: MessageSend): boolean {
    return this.#holds.get(send.run, send.kind, send.name) !== undefined;
  }

  ofRun(run: RunNumber): readonly MessageRecord[] {
    return (this.#ofRun.all(run) as unknown as InboxRow[]).map(messageFromRow);
  }

  ofRuns(runsJson: string): ReadonlyMap<RunNumber, readonly MessageRecord[]> {
    const messages = (this.#ofRuns.all(runsJson) as unknown as InboxRow[]).map(messageFromRow);
    return Map.groupBy(messages, (message) => message.run);
  }

  newForWorker(worker: WorkerNumber, after: number, limit: number): readonly MessageRecord[] {
    return (this.#newForWorker.all(after, worker, limit) as unknown as InboxRow[]).map(messageFromRow);
  }
}
