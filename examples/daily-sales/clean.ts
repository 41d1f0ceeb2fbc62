import type { Film, SourceRow } from './film.ts';

/** Joins what the sources say by title; rows without one are of no use to anybody. */
export function clean(sources: readonly (readonly SourceRow[])[]): readonly Film[] {
  const films = new Map<
    string,
    { title: string; distributor: string | null; genre: string | null; boxOffice: number; dvd: number }
  >();
  for (const row of sources.flat()) {
    const title = row.title?.replaceAll(/\s+/g, ' ').trim() ?? '';
    if (title === '') continue;
    const film = films.get(title) ?? { title, distributor: null, genre: null, boxOffice: 0, dvd: 0 };
    films.set(title, film);
    film.distributor ??= row.distributor;
    film.genre ??= row.genre;
    if (row.market === 'box office') film.boxOffice += row.dollars ?? 0;
    if (row.market === 'DVD') film.dvd += row.dollars ?? 0;
  }
  return [...films.values()].map((film) => ({ ...film, genre: film.genre ?? 'Other' }));
}

/** What a person should look at before the day counts. */
export function doubts(films: readonly Film[]): readonly string[] {
  return films.flatMap((film) => [
    ...(film.distributor === null ? [`"${film.title}" has no distributor`] : []),
    ...(film.boxOffice === 0 ? [`"${film.title}" took no money at the box office`] : []),
  ]);
}
