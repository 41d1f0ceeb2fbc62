import { escapeMarkup } from '../escape-markup.ts';

/** One bar. */
export interface FitBar {
  readonly label: string;
  /** 0 to 100. */
  readonly fit: number;
  readonly isChosen: boolean;
  readonly isExcluded: boolean;
}

const rowHeight = 34;
const labelWidth = 130;
const width = 480;
const barWidth = width - labelWidth - 90;

/**
 * Horizontal bars from 0 to 100 with a line at 50, the average answer sheet. Colors are CSS classes (`chosen`, `other`,
 * `excluded`), so that the page decides about them. Standalone: any page may embed it.
 */
export function fitBarsSvg(bars: readonly FitBar[]): string {
  const height = bars.length * rowHeight + 18;
  const middle = labelWidth + barWidth / 2;
  const rows = bars.map(({ label, fit, isChosen, isExcluded }, index) => {
    const y = index * rowHeight + 6;
    const name = isExcluded ? 'excluded' : isChosen ? 'chosen' : 'other';
    const length = (Math.min(100, Math.max(0, fit)) / 100) * barWidth;
    return (
      `<text x="0" y="${y + 16}">${escapeMarkup(label)}</text>` +
      `<rect class="track" x="${labelWidth}" y="${y}" width="${barWidth}" height="22" rx="3"/>` +
      `<rect class="${name}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="22" rx="3"/>` +
      `<text x="${labelWidth + barWidth + 8}" y="${y + 16}">${Math.round(fit)}${isExcluded ? ' excluded' : ''}</text>`
    );
  });
  const summary = bars.map(({ label, fit }) => `${label} ${Math.round(fit)}`).join(', ');
  return (
    `<svg class="fit-bars" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(`Fit of 100: ${summary}`)}">` +
    rows.join('') +
    `<line class="middle" x1="${middle}" x2="${middle}" y1="0" y2="${height - 16}"/>` +
    `<text class="small" x="${middle}" y="${height - 3}" text-anchor="middle">50 = average answers</text></svg>`
  );
}
