/**
 * Which question comes next, and what was answered so far. Knows no terminal: the wizard shows what the session says.
 *
 * I1  `sheet()` is at any moment a complete answer sheet; saved after each answer, it is all that a resumed session needs.
 * I2  A question is asked once: "not sure" is an answer too, and is kept in the sheet.
 */
import {
  canStillChange,
  checkAnswerSheet,
  judge,
  notSure,
  openQuestionsOf,
  questionOf,
  standingOf,
  type AnswerSheet,
  type Person,
  type Preference,
  type Question,
  type QuestionTable,
  type Standing,
} from '../../advisor/index.ts';
import type { measureOf } from '../../advisor/index.ts';

/** Which questions a session asks: the eight quick ones, or all. */
export type WizardScope = 'quick' | 'full';

type Measure = ReturnType<typeof measureOf>;

/** One run of the wizard. */
export class WizardSession {
  readonly #measure: Measure;
  readonly #scope: WizardScope;
  readonly #answers = new Map<string, string | readonly string[]>();
  /** Questions in the order in which they were answered here; the way back. */
  readonly #path: string[] = [];
  #people: readonly Person[];
  #preference: Preference | null;

  /** @throws TUTTI_ANSWERS_INVALID for a sheet to resume that is not one. */
  constructor(measure: Measure, scope: WizardScope, resumed: unknown = { answers: {} }) {
    this.#measure = measure;
    this.#scope = scope;
    const { people, preference } = checkAnswerSheet(resumed, measure.table);
    this.#people = people;
    this.#preference = preference;
    const { answers = {} } = resumed as Partial<AnswerSheet>;
    for (const [id, answer] of Object.entries(answers)) {
      // A null in a file written by hand means the same as a question left out.
      if (typeof answer === 'string' || Array.isArray(answer)) this.#answers.set(id, answer);
    }
  }

  /** How many questions have an answer. */
  get answeredCount(): number {
    return this.#answers.size;
  }

  /** Whether there is an answer to go back to. */
  get canGoBack(): boolean {
    return this.#path.length > 0;
  }

  /** Who leads now, and how well each fits. */
  get standing(): Standing {
    return standingOf(judge(this.#chosen(), this.#measure));
  }

  /** The best question to ask next; undefined when none is left, or the open ones cannot change the leader any more. */
  next(): Question | undefined {
    const open = this.#open().map(({ question }) => question);
    return canStillChange(this.#chosen(), open, this.#measure) ? this.#question(open[0]) : undefined;
  }

  /** How many questions of the scope are open. */
  get leftOpenCount(): number {
    return this.#open().length;
  }

  /** The question about parts, if the scope has it and it is open. */
  nextParts(): Question | undefined {
    if (this.#scope === 'quick') return undefined;
    const parts = this.#measure.table.questions.find(({ role }) => role === 'parts');
    return parts === undefined || this.#answers.has(parts.id) ? undefined : parts;
  }

  /** Takes an answer; `not sure` is one. */
  answer(question: string, option: string | readonly string[]): void {
    this.#answers.set(question, option);
    this.#path.push(question);
  }

  /** Withdraws the newest answer given here, and returns its question and what the answer was. */
  back(): { readonly question: Question; readonly answer: string | readonly string[] } | undefined {
    const id = this.#path.pop();
    const question = this.#question(id);
    const answer = id === undefined ? undefined : this.#answers.get(id);
    if (id === undefined || question === undefined || answer === undefined) return undefined;
    this.#answers.delete(id);
    return { question, answer };
  }

  /** Says who answered, and what they would prefer. */
  introduce(people: readonly Person[], preference: Preference | null): void {
    this.#people = people;
    this.#preference = preference;
  }

  /** Whether it is known who answered. */
  get isIntroduced(): boolean {
    return this.#people.length > 0;
  }

  /** The sheet so far (I1), in the order of the table. */
  sheet(): AnswerSheet {
    const answers = this.#measure.table.questions.flatMap(
      ({ id }): [string, string | readonly string[]][] => {
        const answer = this.#answers.get(id);
        return answer === undefined ? [] : [[id, answer]];
      },
    );
    return {
      answers: Object.fromEntries(answers),
      ...(this.#people.length === 0 ? {} : { people: this.#people }),
      ...(this.#preference === null ? {} : { preference: this.#preference }),
    };
  }

  #open(): ReturnType<typeof openQuestionsOf> {
    return openQuestionsOf(this.#chosen(), this.#measure).filter(({ question }) => {
      const isInScope = this.#scope === 'full' || this.#question(question)?.isQuick === true;
      return isInScope && !this.#answers.has(question);
    });
  }

  #chosen(): Readonly<Record<string, string>> {
    const known = [...this.#answers].filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== notSure,
    );
    return Object.fromEntries(known);
  }

  #question(id: string | undefined): Question | undefined {
    return id === undefined ? undefined : questionOf(this.#table, id);
  }

  get #table(): QuestionTable {
    return this.#measure.table;
  }
}
