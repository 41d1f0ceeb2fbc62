import { advise, adviseTogether, measureOf, type AdviseOptions } from '../../advisor/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { costsOption, measureOptions, readAdviseOptions, sheetOption } from '../advice/advice-options.ts';
import { adviceForms, writeAdvice } from '../advice/write-advice.ts';
import type { CommandSpec, Invocation } from '../command.ts';
import { shellWord } from '../program-name.ts';
import { readJsonFile } from '../read-input.ts';

const defaultAnswersFile = 'answers.json';

/** `tutti advise` */
export const command: CommandSpec = {
  summary: 'Say which paradigm fits your workflow and your team, and why.',
  description:
    'Without --in or --merge it asks, in a terminal: 8 questions, or all with --full. After each answer it shows how the ' +
    'picture moved; it stops when no open question could change it. Answers are saved after each one, and the same command ' +
    'goes on where it was. The same answers give the same advice, whoever asks.',
  options: [
    { flags: '--quick', summary: 'Ask the 8 quick questions. The default.' },
    { flags: '--full', summary: 'Ask all questions, and who answers.' },
    sheetOption,
    {
      flags: '--merge <path...>',
      summary: 'Several answer sheets: shows where people differ, and whether it matters.',
    },
    {
      flags: '--answers <path>',
      summary: `Where the wizard keeps its answers. Default ${defaultAnswersFile}.`,
    },
    ...measureOptions,
    costsOption,
  ],
  examples: [
    { command: 'advise --quick', does: 'ask, and show the advice' },
    { command: 'advise --in answers.json -o html', does: 'a page for the meeting' },
    { command: 'advise --merge ada.json ben.json', does: 'where two people differ' },
  ],
  data: 'Advice; its JSON Schema is `adviceSchema` of tutti/advisor',
  forms: adviceForms,
  connects: false,
  async run(invocation) {
    const { args, clock, out } = invocation;
    const form = args.text('output') ?? adviceForms[0];
    const options = await readAdviseOptions(args, clock);
    refuseMixture(invocation);
    const merge = args.texts('merge');
    if (merge.length > 0) {
      const sheets = await Promise.all(merge.map(readJsonFile));
      writeAdvice(adviseTogether(sheets, options), form, out);
      return 0;
    }
    const path = args.text('in');
    if (path === undefined) return askAndAdvise(invocation, options, form);
    writeAdvice(advise(await readJsonFile(path), options), form, out);
    return 0;
  },
};

function refuseMixture({ args }: Invocation): void {
  const merge = args.texts('merge');
  if (merge.length === 1) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      `Only ${merge[0]} was given to --merge; expected two files or more.`,
    );
  }
  const pairs = [
    ['in', 'merge'],
    ['quick', 'full'],
  ] as const;
  for (const [one, other] of pairs) {
    const isGiven = (name: string): boolean =>
      args.text(name) !== undefined || args.flag(name) === true || args.texts(name).length > 0;
    if (isGiven(one) && isGiven(other))
      throw new TuttiError(
        'TUTTI_ARGUMENT_INVALID',
        `Both --${one} and --${other} were given; expected one of them.`,
      );
  }
}

async function askAndAdvise(invocation: Invocation, options: AdviseOptions, form: string): Promise<number> {
  const { args, out, stopSignal, typed } = invocation;
  const { canAsk, runWizard } = await import('../advice/wizard.ts');
  if (!canAsk()) {
    throw new TuttiError(
      'TUTTI_TERMINAL_REQUIRED',
      'The questions cannot be asked: stdin or stderr is no terminal, and neither --in nor --merge was given.',
    );
  }
  const path = args.text('answers') ?? defaultAnswersFile;
  const scope = args.flag('full') === true ? 'full' : 'quick';
  const sheet = await runWizard({ measure: measureOf(options), scope, path, out, stopSignal });
  if (sheet === undefined) {
    out.note(`Saved in ${path}. Go on with: ${typed(`advise --${scope} --answers ${shellWord(path)}`)}`);
    return 0;
  }
  writeAdvice(advise(sheet, options), form, out);
  out.note(
    `Answers: ${path}. A page for the meeting: ${typed(`advise --in ${shellWord(path)} -o html`)} > advice.html`,
  );
  if (scope === 'quick') out.note(`All questions: ${typed(`advise --full --answers ${shellWord(path)}`)}`);
  return 0;
}
