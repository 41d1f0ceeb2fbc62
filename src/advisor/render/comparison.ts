import { comparison } from '../comparison.ts';
import { paradigms } from '../paradigm.ts';
import { tableOf } from './markdown.ts';
import type { TextStyle } from './text.ts';
import { paradigmNames } from './wording.ts';

/** The comparison for a terminal: aspect by aspect, a line per paradigm. */
export function renderComparisonText(style: TextStyle): readonly string[] {
  return comparison.flatMap(({ aspect, cells }, index) => [
    ...(index === 0 ? [] : ['']),
    style('bold', aspect),
    ...paradigms.map((paradigm) => {
      const [value, reason] = cells[paradigm];
      return `  ${paradigmNames[paradigm].padEnd(18)} ${style('cyan', value)}. ${reason}`;
    }),
  ]);
}

/** The comparison as a Markdown table. */
export function renderComparisonMarkdown(): string {
  return [
    ...tableOf(
      ['', ...paradigms.map((paradigm) => paradigmNames[paradigm])],
      comparison.map(({ aspect, cells }) => [
        `**${aspect}**`,
        ...paradigms.map((paradigm) => `**${cells[paradigm][0]}**. ${cells[paradigm][1]}`),
      ]),
    ),
    '',
  ].join('\n');
}
