import { isCancel, multiselect, select, text } from '@clack/prompts';
import { notSure, paradigms, type Paradigm, type Question } from '../../advisor/index.ts';

/** What a person may say to a question beside an answer. */
export const steps = { back: '\u0000back', stop: '\u0000stop' } as const;

/** What a person said: an option, several, or one of {@link steps}. */
export type Reply = string | readonly string[];

/** Asks in the terminal. Everything is written to stderr, so that stdout keeps the advice alone. */
export class Prompter {
  readonly #terminal: {
    readonly input: NodeJS.ReadStream;
    readonly output: NodeJS.WriteStream;
    readonly signal: AbortSignal;
  };

  constructor(signal: AbortSignal) {
    this.#terminal = { input: process.stdin, output: process.stderr, signal };
  }

  /** One question with its options, "not sure", the way back and the way out. Ctrl-C is the way out. */
  async ask(question: Question, canGoBack: boolean, before?: string): Promise<string> {
    const reply = await select<string>({
      ...this.#terminal,
      message: `${question.text}\n${question.help}\nFor example: ${question.example}`,
      options: [
        ...question.options.map(({ id, label }) => ({ value: id, label, hint: id })),
        { value: notSure, label: 'not sure', hint: 'excludes nothing, lowers the confidence' },
        ...(canGoBack ? [{ value: steps.back, label: '← back', hint: 'to the answer before' }] : []),
        { value: steps.stop, label: 'save and stop', hint: 'the same command goes on here' },
      ],
      ...(before === undefined ? {} : { initialValue: before }),
    });
    return isCancel(reply) ? steps.stop : reply;
  }

  /** Which parts occur too; none is an answer. */
  async askParts(question: Question): Promise<Reply> {
    const reply = await multiselect<string>({
      ...this.#terminal,
      message: `${question.text}\n${question.help}\nFor example: ${question.example}`,
      options: question.options.map(({ id, label }) => ({ value: id, label, hint: id })),
      required: false,
    });
    return isCancel(reply) ? steps.stop : reply;
  }

  /** Names of those who answer, separated by commas; may be empty. */
  async askPeople(): Promise<readonly string[] | undefined> {
    const reply = await text({
      ...this.#terminal,
      message: 'Who answers? Names, separated by commas; for the decision record.',
      placeholder: 'Ada, Ben',
      defaultValue: '',
    });
    if (isCancel(reply)) return undefined;
    return reply
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  }

  /** What the team would choose without asking; null for nothing. */
  async askPreference(): Promise<Paradigm | null | undefined> {
    const reply = await select<string>({
      ...this.#terminal,
      message: 'Do you prefer one already? Not counted; compared with the result.',
      options: [
        { value: 'none', label: 'no' },
        ...paradigms.map((paradigm) => ({ value: paradigm, label: paradigm })),
      ],
    });
    if (isCancel(reply)) return undefined;
    return paradigms.find((paradigm) => paradigm === reply) ?? null;
  }
}
