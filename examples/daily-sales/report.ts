/** One row of the report: what a genre took on all days so far, US dollars. */
export interface ReportRow {
  readonly genre: string;
  readonly films: number;
  readonly boxOffice: number;
  readonly dvd: number;
}

const millions = (dollars: number): string => `${(dollars / 1e6).toFixed(1)} M`;

function line(genre: string, films: string, boxOffice: string, dvd: string): string {
  return `${genre.padEnd(22)}${films.padStart(6)}${boxOffice.padStart(13)}${dvd.padStart(12)}`;
}

/** The rows as a table in text. */
export function tableOf(rows: readonly ReportRow[]): string {
  const lines = rows.map((row) =>
    line(row.genre, String(row.films), millions(row.boxOffice), millions(row.dvd)),
  );
  return [line('genre', 'films', 'box office', 'DVD'), ...lines].join('\n');
}

/** The rows as a bar chart in SVG: box office and DVD sales stacked, one bar per genre. */
export function chartOf(title: string, rows: readonly ReportRow[]): string {
  const [left, top, barHeight, gap, width] = [150, 46, 20, 8, 560];
  const most = Math.max(1, ...rows.map((row) => row.boxOffice + row.dvd));
  const scale = (dollars: number): number => Math.round((dollars / most) * (width - left - 80));
  const bars = rows.map((row, index) => {
    const y = top + index * (barHeight + gap);
    const [cinema, shop] = [scale(row.boxOffice), scale(row.dvd)];
    return [
      `<text x="${left - 8}" y="${y + 14}" text-anchor="end">${escape(row.genre)}</text>`,
      `<rect x="${left}" y="${y}" width="${cinema}" height="${barHeight}" fill="#1b78c2"/>`,
      `<rect x="${left + cinema}" y="${y}" width="${shop}" height="${barHeight}" fill="#f0a202"/>`,
      `<text x="${left + cinema + shop + 6}" y="${y + 14}">${millions(row.boxOffice + row.dvd)}</text>`,
    ].join('');
  });
  const height = top + rows.length * (barHeight + gap) + 10;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<text x="8" y="18" font-size="14">${escape(title)}</text>`,
    '<text x="8" y="35" fill="#555">US dollars: <tspan fill="#1b78c2">box office</tspan> and <tspan fill="#b87900">DVD</tspan></text>',
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
