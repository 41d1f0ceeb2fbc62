/**
 * The outside world of this example: three systems of a film distributor that never heard of each other. Their contents are
 * the films of the `vega-datasets` package (collected from public sources by Jeffrey Heer's group), cut into three as such systems
 * would hold them. Missing values are missing there.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Where one source is, and in which form. */
export interface Source {
  readonly name: string;
  readonly form: 'csv' | 'json' | 'sql';
  readonly path: string;
}

interface Movie {
  readonly Title: string | number | null;
  readonly 'Release Date': string | null;
  readonly 'US Gross': number | null;
  readonly 'US DVD Sales': number | null;
  readonly Distributor: string | null;
  readonly 'Major Genre': string | null;
}

const dataset = new URL('../../node_modules/vega-datasets/data/movies.json', import.meta.url);

/** The three systems below a directory; filled on first use. */
export function openSources(directory: string): readonly Source[] {
  const sources: readonly Source[] = [
    { name: 'cinemas', form: 'csv', path: join(directory, 'box-office.csv') },
    { name: 'shops', form: 'json', path: join(directory, 'dvd-sales.json') },
    { name: 'catalogue', form: 'sql', path: join(directory, 'catalogue.db') },
  ];
  if (sources.every(({ path }) => existsSync(path))) return sources;
  mkdirSync(directory, { recursive: true });
  const movies = JSON.parse(readFileSync(dataset, 'utf8')) as readonly Movie[];
  const [cinemas, shops, catalogue] = sources as [Source, Source, Source];
  writeFileSync(cinemas.path, csvOf(movies));
  const sold = movies.filter((movie) => movie['US DVD Sales'] !== null);
  writeFileSync(
    shops.path,
    JSON.stringify(
      sold.map((movie) => ({
        film: movie.Title,
        released: movie['Release Date'],
        revenue: movie['US DVD Sales'],
      })),
    ),
  );
  fillCatalogue(catalogue.path, movies);
  return sources;
}

function quoted(value: string | number | null): string {
  return `"${String(value ?? '').replaceAll('"', '""')}"`;
}

function csvOf(movies: readonly Movie[]): string {
  const lines = movies.map((movie) =>
    [movie.Title, movie['Release Date'], movie['US Gross']].map(quoted).join(','),
  );
  return `${['title,released,gross', ...lines].join('\n')}\n`;
}

/** Under another name until it is complete: a kill in between must not leave half a catalogue. */
function fillCatalogue(path: string, movies: readonly Movie[]): void {
  const unfinished = `${path}.part`;
  const database = new DatabaseSync(unfinished);
  database.exec(
    'drop table if exists films; create table films (title text, released text, distributor text, genre text)',
  );
  database.exec('begin');
  const insert = database.prepare('insert into films values (?, ?, ?, ?)');
  for (const movie of movies) {
    const title = movie.Title === null ? null : String(movie.Title);
    insert.run(title, movie['Release Date'], movie.Distributor, movie['Major Genre']);
  }
  database.exec('commit');
  database.close();
  renameSync(unfinished, path);
}
