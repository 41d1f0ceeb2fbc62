import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cron, fileTarget, pipeline, shell, sql, type Pipeline } from 'tutti';
import { z } from 'zod';
import { clean, doubts } from './clean.ts';
import { extract } from './extract.ts';
import type { ClassifiedFilm } from './film.ts';
import { chartOf, tableOf, type ReportRow } from './report.ts';
import { openSources } from './sources.ts';
import { Warehouse } from './warehouse.ts';

const script = fileURLToPath(new URL('classify.py', import.meta.url));

const Input: z.ZodObject<{ day: z.ZodISODate }> = z.object({ day: z.iso.date() });
const Verdict = z.object({ accept: z.boolean(), note: z.string().default('') });
const Classified: z.ZodType<ClassifiedFilm[]> = z.array(
  z.object({
    ...{ title: z.string(), distributor: z.string().nullable(), genre: z.string() },
    ...{ boxOffice: z.number(), dvd: z.number(), share: z.number(), size: z.enum(['hit', 'usual', 'flop']) },
  }),
);

const aggregate = `
  insert or replace into daily_sales
  select day, genre, count(*), sum(box_office), sum(dvd) from films where day = $1 group by day, genre
  returning genre, films`;

const totals = `
  select genre, sum(films)::integer as films, sum(box_office) as box_office, sum(dvd) as dvd
  from daily_sales group by genre order by box_office desc`;

/** At three in the morning, about the day before. */
const nightly = cron('0 3 * * *', {
  timezone: 'Europe/Zurich',
  input: ({ interval }) => ({
    day: new Date(interval.start).toISOString().slice(0, 10),
  }),
});

/** What a run results in. */
export interface DailySales {
  readonly day: string;
  readonly films: number;
  /** Path of the chart. */
  readonly chart: string;
  readonly table: string;
}

/** The nightly pipeline: the films that came out on one day, from three systems into one warehouse. Everything lies in `directory`. */
export function dailySalesIn(directory: string): Pipeline<z.input<typeof Input>, DailySales> {
  const warehouse = new Warehouse(join(directory, 'warehouse.duckdb'));
  const connection = (): Warehouse => warehouse;
  return pipeline(
    'daily-sales',
    { input: Input, owner: 'data team', doc: 'Sales of the films of a day, by genre', schedule: nightly },
    (p) => {
      const sources = p.task('sources', {}, () => openSources(join(directory, 'sources')));
      const extracted = p.map('extract', sources, (source, p) =>
        p.task('read', { source, in: p.input }, ({ source, in: { day } }) => extract(source, day), {
          retry: { maximumAttempts: 4, jitter: 0.2 },
          tags: ['source'],
        }),
      );
      const films = p.task('clean', { extracted }, (i) => clean(i.extracted), { doc: 'one row per film' });
      const classified = p.task(
        'classify',
        { films },
        shell({ command: 'python3', args: [script] }, { schema: Classified }),
        { attemptTimeout: '1m' },
      );

      const found = p.task('check', { films }, (i) => doubts(i.films), {
        doc: 'what a person should look at',
      });
      const quality = p.task('quality', { found }, (i): 'good' | 'doubtful' =>
        i.found.length === 0 ? 'good' : 'doubtful',
      );
      const accepted = p.branch(quality, {
        good: (p) => p.task('accept', {}, () => true),
        doubtful: (p) => {
          const answer = p.ask('review', {
            ...{ form: Verdict, question: 'Load this day all the same?', to: 'data team', remind: '4h' },
            detail: found,
          });
          return p.task('decide', { answer }, (i) => {
            if (!i.answer.accept) throw new Error(`${i.answer.by} did not accept the day: ${i.answer.note}`);
            return true;
          });
        },
      });

      const load = p.group('load', (p) => {
        const rows = p.task('films', { classified, in: p.input, accepted }, (i) =>
          warehouse.replaceDay(i.in.day, i.classified),
        );
        return p.task(
          'aggregate',
          { rows, in: p.input },
          sql(connection, (i) => ({ text: aggregate, parameters: [i.in.day] })),
        );
      });
      const rows = p.task('totals', { load }, sql(connection, totals));
      return p.task('report', { rows, films, in: p.input }, async ({ rows, films, in: { day } }) => {
        const report = rows.map(reportRow);
        const chart = fileTarget(join(directory, `report-${day}.svg`));
        await chart.write(chartOf(`Films released until ${day}`, report));
        return { day, films: films.length, chart: chart.path, table: tableOf(report) };
      });
    },
  );
}

function reportRow(row: Readonly<Record<string, unknown>>): ReportRow {
  const { genre, films, box_office: boxOffice, dvd } = row;
  return { genre: String(genre), films: Number(films), boxOffice: Number(boxOffice), dvd: Number(dvd) };
}
