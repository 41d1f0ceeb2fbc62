import { comparison, renderComparisonMarkdown, renderComparisonText } from '../../../advisor/index.ts';
import { wrapLine } from '../../advice/wrap-line.ts';
import type { CommandSpec } from '../../command.ts';

const forms = ['text', 'json', 'md'] as const;

/** `tutti advise compare` */
export const command: CommandSpec = {
  summary: 'Compare the three paradigms in general, with a reason for each cell.',
  examples: [{ command: 'advise compare -o md', does: 'as a table for a document' }],
  data: 'ComparisonRow[]',
  forms,
  connects: false,
  async run({ args, out }) {
    const form = args.text('output');
    if (form === 'json') out.line(JSON.stringify(comparison, null, 2));
    else if (form === 'md') out.line(renderComparisonMarkdown().trimEnd());
    else {
      for (const line of renderComparisonText((style, text) => out.style(style, text)))
        out.line(wrapLine(line, out.columns));
    }
    return 0;
  },
};
