import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Decision } from './topics.ts';

/**
 * The books, in a database of their own: something outside, which Tutti cannot commit together with its cursor. A batch that
 * is handed over again after a crash is recognised by the authorization's id, so every decision is booked once.
 */
export class Ledger {
  readonly #db: DatabaseSync;
  #repeated = 0;

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.#db = new DatabaseSync(file);
    this.#db.exec(`pragma journal_mode = wal; pragma synchronous = full;
      create table if not exists decision (
        authorization text primary key, card text not null, verdict text not null, decided_by text not null
      ) strict, without rowid;`);
  }

  /** Books decisions, all or none; on disk when it returns, as the cursor will be that moves past them. */
  book(decisions: readonly Decision[]): void {
    const insert = this.#db.prepare('insert or ignore into decision values (?, ?, ?, ?)');
    let repeated = 0;
    this.#db.exec('begin immediate');
    try {
      for (const { authorization, card, verdict, by } of decisions) {
        if (insert.run(authorization, card, verdict, by).changes === 0) repeated += 1;
      }
      this.#db.exec('commit');
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
    this.#repeated += repeated;
  }

  get count(): number {
    return Number(this.#db.prepare('select count(*) as n from decision').get()?.['n']);
  }

  /** Decisions that this process was handed although they were booked. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Verdict and who gave it, by authorization. */
  all(): ReadonlyMap<string, { readonly verdict: string; readonly by: string }> {
    const rows = this.#db.prepare('select authorization, verdict, decided_by from decision').all();
    return new Map(
      rows.map((row) => [
        String(row['authorization']),
        { verdict: String(row['verdict']), by: String(row['decided_by']) },
      ]),
    );
  }

  close(): void {
    this.#db.close();
  }
}
