import { escapeMarkup } from '../escape-markup.ts';

/** One bar to the right (for) or to the left (against) of the middle. */
export interface BalanceBar {
  readonly label: string;
  readonly value: number;
}

const rowHeight = 24;
const width = 640;
const middle = 460;
const half = 140;

/** Bars to both sides of a middle line, scaled to the largest: what speaks for the chosen one, and what against. */
export function balanceBarsSvg(bars: readonly BalanceBar[], title: string): string {
  const largest = Math.max(1, ...bars.map(({ value }) => Math.abs(value)));
  const height = bars.length * rowHeight + 8;
  const rows = bars.map(({ label, value }, index) => {
    const y = index * rowHeight + 4;
    const length = (Math.abs(value) / largest) * half;
    const x = value < 0 ? middle - length : middle;
    const sign = value > 0 ? '+' : value < 0 ? '−' : '';
    return (
      `<text x="0" y="${y + 14}">${escapeMarkup(shorten(label))}</text>` +
      `<rect class="${value < 0 ? 'against' : 'chosen'}" x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="18" rx="2"/>` +
      `<text x="${width}" y="${y + 14}" text-anchor="end">${sign}${Math.abs(value)}</text>`
    );
  });
  return (
    `<svg class="balance-bars" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(title)}">` +
    `${rows.join('')}<line class="middle" x1="${middle}" x2="${middle}" y1="0" y2="${height}"/></svg>`
  );
}

const labelCharactersMax = 46;

function shorten(label: string): string {
  return label.length <= labelCharactersMax ? label : `${label.slice(0, labelCharactersMax - 1)}…`;
}
