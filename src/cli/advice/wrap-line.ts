import { stripVTControlCharacters } from 'node:util';

const widthMin = 40;
const indentMax = 40;

/**
 * A line broken between words so that it fits the terminal; what follows is indented like its beginning, bars included.
 * Styles count as nothing and are kept.
 */
export function wrapLine(line: string, columns: number): string {
  if (columns < widthMin || stripVTControlCharacters(line).length <= columns) return line;
  const start = /^[\s█▏▎▍▌▋▊▉│]*(?:[+−]\d+\s+)?/.exec(line)?.[0].length ?? 0;
  const indent = ' '.repeat(Math.min(start, indentMax) + 2);
  const rows: string[] = [line.slice(0, start)];
  let isFirstWord = true;
  for (const word of line.slice(start).split(' ')) {
    const row = rows.at(-1) ?? '';
    const longer = isFirstWord ? row + word : `${row} ${word}`;
    if (!isFirstWord && stripVTControlCharacters(longer).length > columns) rows.push(indent + word);
    else rows[rows.length - 1] = longer;
    isFirstWord = false;
  }
  return rows.join('\n');
}
