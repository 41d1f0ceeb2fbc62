import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import type { SourceRow } from './film.ts';
import type { Source } from './sources.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** What one source knows of the films that came out on a day (`2008-07-18`). */
export async function extract(source: Source, day: string): Promise<readonly SourceRow[]> {
  const released = dateAsSourcesWriteIt(day);
  if (source.form === 'csv') return readCinemas(source, released);
  return source.form === 'json' ? readShops(source, released) : readCatalogue(source, released);
}

/** All three write `Jul 18 2008`. */
function dateAsSourcesWriteIt(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return `${months[month - 1]} ${String(date).padStart(2, '0')} ${year}`;
}

async function readCinemas(source: Source, released: string): Promise<readonly SourceRow[]> {
  const rows: { title: string; released: string; gross: string }[] = parse(await readFile(source.path), {
    columns: true,
  });
  return rows
    .filter((row) => row.released === released)
    .map(({ title, gross }) => ({
      ...{ source: source.name, market: 'box office', distributor: null, genre: null },
      title: title === '' ? null : title,
      dollars: gross === '' ? null : Number(gross),
    }));
}

async function readShops(source: Source, released: string): Promise<readonly SourceRow[]> {
  const rows = JSON.parse(await readFile(source.path, 'utf8')) as readonly {
    film: string | number | null;
    released: string;
    revenue: number;
  }[];
  return rows
    .filter((row) => row.released === released)
    .map(({ film, revenue }) => ({
      ...{ source: source.name, market: 'DVD', distributor: null, genre: null },
      title: film === null ? null : String(film),
      dollars: revenue,
    }));
}

function readCatalogue(source: Source, released: string): readonly SourceRow[] {
  const database = new DatabaseSync(source.path, { readOnly: true });
  try {
    const rows = database
      .prepare('select title, distributor, genre from films where released = ?')
      .all(released) as { title: string | null; distributor: string | null; genre: string | null }[];
    return rows.map((row) => ({ source: source.name, market: null, dollars: null, ...row }));
  } finally {
    database.close();
  }
}
