import { paradigmTitles, type Paradigm } from '../paradigm.ts';
import { optionOf, questionOf, type QuestionTable } from '../question.ts';

/** The names of paradigms as headings. */
export const paradigmNames: Readonly<Record<Paradigm | 'none', string>> = {
  pipeline: 'Pipeline',
  'event-driven': 'Event-driven',
  stateful: 'Stateful workflow',
  none: 'None of the three',
};

/** The paradigm, or none, within a sentence. */
export function inSentence(paradigm: Paradigm | 'none'): string {
  return paradigm === 'none' ? 'none of the three' : paradigmTitles[paradigm];
}

/** The question as people read it. */
export function questionText(table: QuestionTable, id: string): string {
  return questionOf(table, id)?.text ?? id;
}

/** The option as people read it. */
export function optionLabel(table: QuestionTable, id: string, option: string): string {
  const question = questionOf(table, id);
  return (question === undefined ? undefined : optionOf(question, option)?.label) ?? option;
}

/** `Is a person part of the flow? in the normal path` */
export function answerText(table: QuestionTable, id: string, option: string): string {
  return `${questionText(table, id)} ${optionLabel(table, id, option)}`;
}

/** A number with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${value}` : value < 0 ? `−${Math.abs(value)}` : '0';
}

/** `95 %` */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `1,200 to 3,400`, or one number where both ends are the same. */
export function rangeText({ low, high }: { readonly low: number; readonly high: number }): string {
  return low === high ? amountText(low) : `${amountText(low)} to ${amountText(high)}`;
}

function amountText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 });
}
