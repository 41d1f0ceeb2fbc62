import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import { notSure, optionOf, questionOf, type Question, type QuestionTable } from './question.ts';

/** Someone who answered. */
export interface Person {
  readonly name: string;
  /** For example `architect`. */
  readonly role?: string;
  /** What the decision record calls the person. Default `decides`. */
  readonly part?: PersonPart;
}

/** The parts people have in a decision record. */
export const personParts = ['decides', 'consulted', 'informed'] as const;

/** The part a person has in a decision record. */
export type PersonPart = (typeof personParts)[number];

/** What the team would choose without asking. Not scored; compared with the result. */
export interface Preference {
  readonly paradigm: Paradigm;
  readonly why?: string;
}

/** What people answered, as stored in a file. A question left out, or answered `not sure`, is unknown. */
export interface AnswerSheet {
  /** Option by question; a list of options for `alsoContains`. */
  readonly answers: Readonly<Record<string, string | readonly string[]>>;
  readonly people?: readonly Person[];
  readonly preference?: Preference;
}

/** A sheet that was checked, in the order of the table, without what is unknown. */
export interface CheckedSheet {
  /** Option by question. */
  readonly chosen: Readonly<Record<string, string>>;
  /** The options of `alsoContains`. */
  readonly parts: readonly string[];
  readonly people: readonly Person[];
  readonly preference: Preference | null;
}

/** The most people and the longest texts a sheet may hold. */
const peopleMax = 100;
const textCharactersMax = 500;

/**
 * Checks a sheet from outside. The result does not depend on the order in which the answers were written.
 *
 * @throws TUTTI_ANSWERS_INVALID for an unknown question or option, naming the nearest one, and for a wrong shape.
 */
export function checkAnswerSheet(value: unknown, table: QuestionTable): CheckedSheet {
  const sheet = asObject(value, 'The answer sheet');
  refuse(Object.keys(sheet), ['answers', 'people', 'preference'], 'The answer sheet');
  const answers = asObject(sheet['answers'] ?? {}, "The sheet's 'answers'");
  for (const id of Object.keys(answers)) {
    if (questionOf(table, id) === undefined)
      throw unknownName(
        'question',
        id,
        table.questions.map((question) => question.id),
      );
  }
  const chosen: Record<string, string> = {};
  let parts: readonly string[] = [];
  for (const question of table.questions) {
    const answer = answers[question.id];
    if (answer === undefined || answer === null || answer === notSure) continue;
    if (question.role === 'parts') parts = checkParts(question, answer);
    else chosen[question.id] = checkOption(question, answer);
  }
  return {
    chosen,
    parts,
    people: checkPeople(sheet['people'] ?? []),
    preference: checkPreference(sheet['preference'] ?? null),
  };
}

function checkOption(question: Question, answer: unknown): string {
  if (typeof answer !== 'string') {
    throw invalid(
      `The answer to '${question.id}' is ${JSON.stringify(answer)}; expected one of ${namesOf(question)}.`,
    );
  }
  if (optionOf(question, answer) !== undefined) return answer;
  throw unknownName(
    `option of '${question.id}'`,
    answer,
    question.options.map(({ id }) => id),
  );
}

function checkParts(question: Question, answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) {
    throw invalid(
      `The answer to '${question.id}' is ${JSON.stringify(answer)}; expected a list of ${namesOf(question)}.`,
    );
  }
  const given = new Set(answer.map((item: unknown) => checkOption(question, item)));
  return question.options.map(({ id }) => id).filter((id) => given.has(id));
}

function checkPeople(value: unknown): readonly Person[] {
  if (!Array.isArray(value) || value.length > peopleMax)
    throw invalid(`The sheet's 'people' are not a list of at most ${peopleMax} names.`);
  return value.map((item: unknown): Person => {
    if (typeof item === 'string') return { name: checkText(item, 'The name of a person') };
    const person = asObject(item, 'A person');
    refuse(Object.keys(person), ['name', 'role', 'part'], 'A person');
    const { name, role, part } = person;
    if (part !== undefined && !personParts.includes(part as PersonPart))
      throw unknownName('part of a person', textOf(part), personParts);
    return {
      name: checkText(name, 'The name of a person'),
      ...(role === undefined ? {} : { role: checkText(role, 'The role of a person') }),
      ...(part === undefined ? {} : { part: part as PersonPart }),
    };
  });
}

function checkPreference(value: unknown): Preference | null {
  if (value === null) return null;
  const preference = asObject(value, "The sheet's 'preference'");
  refuse(Object.keys(preference), ['paradigm', 'why'], "The sheet's 'preference'");
  const { paradigm, why } = preference;
  if (!paradigms.includes(paradigm as Paradigm)) throw unknownName('paradigm', textOf(paradigm), paradigms);
  return {
    paradigm: paradigm as Paradigm,
    ...(why === undefined ? {} : { why: checkText(why, "The 'why' of the preference") }),
  };
}

function checkText(value: unknown, what: string): string {
  // One line without control characters: these texts are shown in terminals, tables and documents.
  if (
    typeof value === 'string' &&
    value.length <= textCharactersMax &&
    /^\P{Cc}*[^\p{Cc}\s]\P{Cc}*$/u.test(value)
  )
    return value;
  throw invalid(
    `${what} is ${JSON.stringify(value)?.slice(0, 60)}; expected one line of 1 to ${textCharactersMax} characters.`,
  );
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw invalid(
    `${what} is ${value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`}; expected an object.`,
  );
}

/** {@link refuseUnknownOptions}, under the code of answer sheets. */
function refuse(given: readonly string[], known: readonly string[], what: string): void {
  try {
    refuseUnknownOptions(Object.fromEntries(given.map((name) => [name, true])), known, what);
  } catch (cause) {
    throw new TuttiError('TUTTI_ANSWERS_INVALID', `${cause instanceof Error ? cause.message : ''}.`, {
      cause,
    });
  }
}

function unknownName(kind: string, given: string, known: readonly string[]): TuttiError {
  const nearest = nearestName(given, known);
  const hint = nearest === undefined ? `expected one of ${known.join(', ')}` : `did you mean '${nearest}'?`;
  return new TuttiError('TUTTI_ANSWERS_INVALID', `There is no ${kind} '${given}'; ${hint}`, {
    details: { given, known, ...(nearest === undefined ? {} : { nearest }) },
  });
}

function invalid(message: string): TuttiError {
  return new TuttiError('TUTTI_ANSWERS_INVALID', message);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

function namesOf(question: Question): string {
  return question.options.map(({ id }) => `'${id}'`).join(', ');
}
