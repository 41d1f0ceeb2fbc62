/**
 * Asks the questions one by one, shows after each answer how the picture moved, and stops when no open question can change
 * it. Every answer is on disk before the next question is shown; a wizard that is interrupted goes on where it was.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { fitLines, paradigms, type AnswerSheet, type Question, type Standing } from '../../advisor/index.ts';
import type { measureOf } from '../../advisor/index.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Output } from '../output.ts';
import { readJsonFile } from '../read-input.ts';
import { Prompter, steps } from './prompter.ts';
import { WizardSession, type WizardScope } from './wizard-session.ts';

/** What a wizard is told. */
export interface WizardOptions {
  readonly measure: ReturnType<typeof measureOf>;
  readonly scope: WizardScope;
  /** Where the answers are kept. */
  readonly path: string;
  readonly out: Output;
  readonly stopSignal: AbortSignal;
}

/** Whether someone can be asked: prompts are read from stdin and written to stderr. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Resolves to the sheet when all was asked, to undefined when the person stopped; what was answered is saved either way. */
export async function runWizard(options: WizardOptions): Promise<AnswerSheet | undefined> {
  const { out, path } = options;
  const resumed = existsSync(path) ? await readJsonFile(path) : undefined;
  const session = new WizardSession(options.measure, options.scope, resumed);
  if (session.answeredCount > 0)
    out.note(`Going on with ${session.answeredCount} answers from ${path}; delete it to begin anew.`);
  const prompter = new Prompter(options.stopSignal);
  const isComplete =
    (await askQuestions(session, prompter, options)) &&
    (await askParts(session, prompter, options)) &&
    (await introduce(session, prompter, options));
  return isComplete ? session.sheet() : undefined;
}

async function askQuestions(
  session: WizardSession,
  prompter: Prompter,
  options: WizardOptions,
): Promise<boolean> {
  let returned: { readonly question: Question; readonly answer: string | readonly string[] } | undefined;
  for (;;) {
    const question = returned?.question ?? session.next();
    if (question === undefined) break;
    const before = typeof returned?.answer === 'string' ? returned.answer : undefined;
    const reply = await prompter.ask(question, session.canGoBack, before);
    returned = undefined;
    if (reply === steps.stop) return false;
    if (reply === steps.back) {
      returned = session.back();
    } else {
      const earlier = session.standing;
      session.answer(question.id, reply);
      showMove(earlier, session.standing, options.out);
    }
    save(session, options.path);
  }
  if (session.leftOpenCount > 0)
    options.out.note(`Settled: the ${session.leftOpenCount} open questions cannot change this any more.`);
  return true;
}

async function askParts(
  session: WizardSession,
  prompter: Prompter,
  options: WizardOptions,
): Promise<boolean> {
  const question = session.nextParts();
  if (question === undefined) return true;
  const reply = await prompter.askParts(question);
  if (reply === steps.stop) return false;
  session.answer(question.id, reply);
  save(session, options.path);
  return true;
}

async function introduce(
  session: WizardSession,
  prompter: Prompter,
  options: WizardOptions,
): Promise<boolean> {
  if (options.scope === 'quick' || session.isIntroduced) return true;
  const people = await prompter.askPeople();
  if (people === undefined) return false;
  const paradigm = await prompter.askPreference();
  if (paradigm === undefined) return false;
  session.introduce(
    people.map((name) => ({ name })),
    paradigm === null ? null : { paradigm },
  );
  save(session, options.path);
  return true;
}

/** The three bars, and by how much each moved. */
function showMove(before: Standing, after: Standing, out: Output): void {
  const lines = fitLines(
    {
      fits: after.fits,
      excluded: [],
      recommendation: { paradigm: after.paradigm, fit: 0, confidence: 'low', why: '' },
    },
    (style, text) => out.style(style, text),
  );
  for (const [index, paradigm] of paradigms.entries()) {
    const moved = Math.round(after.fits[paradigm]) - Math.round(before.fits[paradigm]);
    const sign = moved === 0 ? '' : out.style('dim', `  ${moved > 0 ? '▲' : '▼'} ${Math.abs(moved)}`);
    out.note(`${lines[index] ?? ''}${sign}`);
  }
  if (before.paradigm !== after.paradigm) out.note(`Now ahead: ${after.paradigm}.`);
}

/** Written aside and renamed, so that an interruption leaves the file before or after, and nothing between. */
function save(session: WizardSession, path: string): void {
  const aside = `${path}.${process.pid}.new`;
  try {
    writeFileSync(aside, `${JSON.stringify(session.sheet(), null, 2)}\n`);
    renameSync(aside, path);
  } catch (cause) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The answers cannot be kept in ${path}: ${String(cause)}`, {
      cause,
    });
  }
}
