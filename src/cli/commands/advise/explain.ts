import {
  advise,
  explainQuestion,
  paradigms,
  type Advice,
  type QuestionExplanation,
} from '../../../advisor/index.ts';
import { measureOptions, readAdviseOptions, readSheet, sheetOption } from '../../advice/advice-options.ts';
import { wrapLine } from '../../advice/wrap-line.ts';
import type { CommandSpec } from '../../command.ts';

/** `tutti advise explain` */
export const command: CommandSpec = {
  summary: 'Explain the points: of every answer, or of one question with all its options.',
  args: [
    {
      name: 'question',
      summary: 'A question, such as latency. Default: all answered ones.',
      required: false,
    },
  ],
  options: [sheetOption, ...measureOptions],
  examples: [
    { command: 'advise explain --in answers.json', does: 'weight × points of every answer, with reasons' },
    {
      command: 'advise explain latency --in answers.json',
      does: 'what each answer to one question would do',
    },
  ],
  data: 'Contribution[], or QuestionExplanation',
  forms: ['text', 'json'],
  connects: false,
  async run({ args, clock, out }) {
    const options = await readAdviseOptions(args, clock);
    const sheet = await readSheet(args);
    const question = args.text('question');
    const isJson = args.text('output') === 'json';
    const write = (value: unknown, lines: readonly string[]): void => {
      if (isJson) out.line(JSON.stringify(value, null, 2));
      else for (const line of lines) out.line(wrapLine(line, out.columns));
    };
    if (question === undefined) {
      const advice = advise(sheet, options);
      write(advice.contributions, describeAll(advice));
    } else {
      const explanation = explainQuestion(sheet, question, options);
      write(explanation, describeOne(explanation));
    }
    return 0;
  },
};

function describeAll({ contributions, recommendation, scores, fits }: Advice): readonly string[] {
  return [
    recommendation.why,
    '',
    ...contributions.flatMap(({ question, option, weight, points, reasons }) => [
      `${question}: ${option} (weight ${weight})`,
      ...paradigms.map(
        (paradigm) => `  ${signed(points[paradigm])}  ${paradigm.padEnd(13)} ${reasons[paradigm]}`,
      ),
    ]),
    '',
    ...paradigms.map((paradigm) => {
      const { raw, mean, best, worst } = scores[paradigm];
      return (
        `${paradigm.padEnd(13)} sum ${signed(raw)}; worst ${worst}, average ${mean.toFixed(1)}, best ${best} ` +
        `→ fit ${fits[paradigm].toFixed(1)}`
      );
    }),
  ];
}

function describeOne({
  text,
  help,
  weight,
  dimension,
  chosen,
  options,
}: QuestionExplanation): readonly string[] {
  return [
    `${text} (weight ${weight}, ${dimension})`,
    help,
    ...options.flatMap(({ option, label, points, reasons, leader, fits }) => [
      '',
      `${option === chosen ? '● ' : '○ '}${label} (${option}) → ${leader}: ${paradigms
        .map((paradigm) => `${paradigm} ${Math.round(fits[paradigm])}`)
        .join(', ')}`,
      ...paradigms.map(
        (paradigm) => `  ${signed(points[paradigm])}  ${paradigm.padEnd(13)} ${reasons[paradigm]}`,
      ),
    ]),
  ];
}

function signed(points: number): string {
  return (points > 0 ? `+${points}` : points < 0 ? `−${Math.abs(points)}` : '0').padStart(3);
}
