import { escapeMarkup } from '../escape-markup.ts';

/** How the fit of one paradigm varies when all weights vary. */
export interface SensitivityRange {
  readonly label: string;
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
  readonly isChosen: boolean;
}

const rowHeight = 34;
const labelWidth = 130;
const width = 480;
const scale = (width - labelWidth - 20) / 100;

/** A line per paradigm from the 5th to the 95th percentile of its fit, with a mark at the median. Lines that do not overlap are a firm result. */
export function sensitivitySvg(ranges: readonly SensitivityRange[]): string {
  const height = ranges.length * rowHeight + 22;
  const rows = ranges.map(({ label, p5, p50, p95, isChosen }, index) => {
    const y = index * rowHeight + 16;
    const name = isChosen ? 'chosen' : 'other';
    return (
      `<text x="0" y="${y + 5}">${escapeMarkup(label)}</text>` +
      `<line class="range ${name}" x1="${at(p5)}" x2="${at(p95)}" y1="${y}" y2="${y}"/>` +
      `<circle class="${name}" cx="${at(p50)}" cy="${y}" r="6"/>`
    );
  });
  const ticks = [0, 25, 50, 75, 100].map(
    (fit) =>
      `<line class="tick" x1="${at(fit)}" x2="${at(fit)}" y1="0" y2="${height - 18}"/>` +
      `<text class="small" x="${at(fit)}" y="${height - 4}" text-anchor="middle">${fit}</text>`,
  );
  return (
    `<svg class="sensitivity" viewBox="0 0 ${width} ${height}" role="img" aria-label="Fit when all weights vary: 5th to 95th percentile">` +
    `${ticks.join('')}${rows.join('')}</svg>`
  );
}

function at(fit: number): string {
  return (labelWidth + fit * scale).toFixed(1);
}
