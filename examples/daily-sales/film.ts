/** Money one film made in one market, as a source says it. Anything may be missing. */
export interface SourceRow {
  readonly source: string;
  readonly title: string | null;
  readonly market: 'box office' | 'DVD' | null;
  /** US dollars. */
  readonly dollars: number | null;
  readonly distributor: string | null;
  readonly genre: string | null;
}

/** A film as the pipeline goes on with it. Money in US dollars. */
export interface Film {
  readonly title: string;
  readonly distributor: string | null;
  readonly genre: string;
  readonly boxOffice: number;
  readonly dvd: number;
}

/** With what the Python script adds: the film's part of the day's sales, and how it compares to the others. */
export interface ClassifiedFilm extends Film {
  readonly share: number;
  readonly size: 'hit' | 'usual' | 'flop';
}
