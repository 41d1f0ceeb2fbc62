import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../output.ts';

/**
 * Lines of a table. The last column takes what is left of the terminal's width; other columns are as wide as their widest cell.
 * Line breaks within a cell become spaces.
 */
export function tableLines(
  out: Output,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const cells = rows.map((row) => row.map((cell) => cell.replace(/\s+/g, ' ')));
  const all = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  const format = (row: readonly string[]): string => {
    const parts = row.map(
      (cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))),
    );
    return fit(parts.join('  ').trimEnd(), out.columns);
  };
  return [out.style('dim', format(headings)), ...cells.map(format)];
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}

/** Cut to the width; a line with styles is left alone, since cutting could lose the code that ends one. */
function fit(line: string, columns: number): string {
  return line.length <= columns || widthOf(line) !== line.length ? line : `${line.slice(0, columns - 1)}…`;
}
