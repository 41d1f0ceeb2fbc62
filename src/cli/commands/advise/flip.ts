import { advise, whatIf, type WhatIf, paradigms, type Advice } from '../../../advisor/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import { measureOptions, readAdviseOptions, readSheet, sheetOption } from '../../advice/advice-options.ts';
import type { CommandSpec } from '../../command.ts';
import { tableLines } from '../../show/table.ts';

/** `tutti advise flip` */
export const command: CommandSpec = {
  summary: 'Say what would change the advice: list all single answers that do, or try one.',
  args: [
    {
      name: 'question',
      summary: 'A question to answer differently. Default: list all that matter.',
      required: false,
    },
    { name: 'option', summary: 'The other answer; "not sure" withdraws it.', required: false },
  ],
  options: [sheetOption, ...measureOptions],
  examples: [
    { command: 'advise flip --in answers.json', does: 'every single answer that changes the advice' },
    { command: 'advise flip throughput 1k-10k/s --in answers.json', does: 'what one other answer would do' },
  ],
  data: 'Flip[], or WhatIf',
  forms: ['text', 'json'],
  connects: false,
  async run({ args, clock, out }) {
    const options = await readAdviseOptions(args, clock);
    const sheet = await readSheet(args);
    const [question, option] = [args.text('question'), args.text('option')];
    const isJson = args.text('output') === 'json';
    if (question === undefined) {
      const advice = advise(sheet, options);
      if (isJson) out.line(JSON.stringify(advice.flips, null, 2));
      else {
        const rows = advice.flips.map(({ question: id, from, to, leader }) => [id, from, to, leader]);
        for (const line of tableLines(out, ['QUESTION', 'NOW', 'CHANGES WITH', 'TO'], rows)) out.line(line);
        out.note(describeCount(advice));
      }
      return 0;
    }
    if (option === undefined) {
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        `No answer to '${question}' was given; expected one of its options.`,
      );
    }
    const result = whatIf(sheet, { [question]: option }, options);
    if (isJson) out.line(JSON.stringify(result, null, 2));
    else for (const line of describe(result)) out.line(line);
    return 0;
  },
};

function describeCount({ flips, recommendation }: Advice): string {
  return flips.length === 0
    ? `No single other answer changes it: ${recommendation.paradigm}.`
    : `Now: ${recommendation.paradigm}.`;
}

function describe({ before, after, isFlipped }: WhatIf): readonly string[] {
  return [
    isFlipped ? `${before.paradigm} → ${after.paradigm}` : `It stays: ${after.paradigm}.`,
    ...paradigms.map(
      (paradigm) =>
        `  ${paradigm.padEnd(13)} ${String(Math.round(before.fits[paradigm])).padStart(3)} → ${Math.round(after.fits[paradigm])}`,
    ),
  ];
}
