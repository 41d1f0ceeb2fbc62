import { questionTable, renderMarkdown, renderPage, renderText, type Advice } from '../../advisor/index.ts';
import type { Output } from '../output.ts';
import { wrapLine } from './wrap-line.ts';

/** The forms an advice can be written in; the first is the default. */
export const adviceForms = ['text', 'json', 'md', 'html', 'adr'] as const;

/** Writes the advice to stdout. */
export function writeAdvice(advice: Advice, form: string, out: Output): void {
  switch (form) {
    case 'json':
      return out.line(JSON.stringify(advice, null, 2));
    case 'md':
      return out.line(renderMarkdown(advice, questionTable).trimEnd());
    case 'html':
      return out.line(renderPage(advice, questionTable).trimEnd());
    case 'adr':
      return out.line(advice.adr.markdown.trimEnd());
    default:
      for (const line of renderText(advice, questionTable, (style, text) => out.style(style, text)))
        out.line(wrapLine(line, out.columns));
  }
}
