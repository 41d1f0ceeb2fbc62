import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import type { SqlConnection } from 'tutti';
import type { ClassifiedFilm } from './film.ts';

const schema = `
  create table if not exists films (
    day date, title varchar, distributor varchar, genre varchar,
    box_office double, dvd double, share double, size varchar, primary key (day, title));
  create table if not exists daily_sales (
    day date, genre varchar, films integer, box_office double, dvd double, primary key (day, genre))`;

/** The warehouse: a DuckDB file. One connection per process; its statements follow each other. */
export class Warehouse implements SqlConnection {
  readonly #path: string;
  #opened: Promise<DuckDBConnection> | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  query(text: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
    return this.#inTurn(async (connection) => {
      const reader = await connection.runAndReadAll(text, parameters as DuckDBValue[]);
      return reader.getRowObjectsJS();
    });
  }

  /** Puts a day's films in place of what was there before: doing it twice is doing it once. */
  async replaceDay(day: string, films: readonly ClassifiedFilm[]): Promise<number> {
    await this.#inTurn(async (connection) => {
      await connection.run('begin');
      try {
        await connection.run('delete from films where day = $1', [day]);
        for (const { title, distributor, genre, boxOffice, dvd, share, size } of films) {
          await connection.run('insert into films values ($1, $2, $3, $4, $5, $6, $7, $8)', [
            ...[day, title, distributor, genre, boxOffice, dvd, share, size],
          ]);
        }
        await connection.run('commit');
      } catch (error) {
        await connection.run('rollback');
        throw error;
      }
    });
    return films.length;
  }

  #inTurn<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const turn = this.#last.then(async () => work(await this.#open()));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #open(): Promise<DuckDBConnection> {
    this.#opened ??= (async (): Promise<DuckDBConnection> => {
      mkdirSync(dirname(this.#path), { recursive: true });
      const connection = await (await DuckDBInstance.fromCache(this.#path)).connect();
      await connection.run(schema);
      return connection;
    })();
    return this.#opened;
  }
}
