import type { CheckedSheet } from './answer-sheet.ts';
import { judge, leaderOf, type Measure } from './judge.ts';
import type { Paradigm } from './paradigm.ts';

/** A question that people answered differently. */
export interface Disagreement {
  readonly question: string;
  readonly answers: readonly {
    readonly option: string;
    readonly by: readonly string[];
    /** Who would lead if this were the answer. */
    readonly leader: Paradigm | 'none';
  }[];
  /**
   * Whether the answers lead to different leaders: the agenda of the meeting. Where people end at different leaders and no
   * single answer explains it, all that they differ in matters.
   */
  readonly matters: boolean;
}

/** Several sheets as one. */
export interface MergedSheets {
  readonly sheet: CheckedSheet;
  /** Those that matter first. */
  readonly disagreements: readonly Disagreement[];
}

/**
 * Joins what several people answered. Where they differ, the answer of more than half of those who answered counts; without
 * such a majority the question stays open. People are all named; a preference counts if it is everyone's.
 */
export function mergeSheets(sheets: readonly CheckedSheet[], measure: Measure): MergedSheets {
  const names = sheets.map(({ people }, index) =>
    people.length === 0 ? `sheet ${index + 1}` : people.map(({ name }) => name).join(' and '),
  );
  const chosen: Record<string, string> = {};
  const split: string[] = [];
  for (const { id } of measure.table.questions) {
    const given = sheets.flatMap((sheet) => sheet.chosen[id] ?? []);
    const [first] = given;
    if (first === undefined) continue;
    if (new Set(given).size > 1) split.push(id);
    const winner = given.find(
      (option) => given.filter((other) => other === option).length * 2 > given.length,
    );
    if (winner !== undefined) chosen[id] = winner;
  }
  const preferences = sheets.map(({ preference }) => preference);
  const [preference = null] = preferences;
  const isShared = preferences.every((other) => other?.paradigm === preference?.paradigm);
  const known = new Set<string>();
  return {
    sheet: {
      chosen,
      parts: partsOf(sheets, measure),
      people: sheets
        .flatMap(({ people }) => people)
        .filter(({ name }) => !known.has(name) && known.add(name)),
      preference: isShared ? preference : null,
    },
    disagreements: agendaOf(
      split.map((id): Disagreement => disagreementOn(id, { sheets, names, chosen, measure })),
      new Set(sheets.map((sheet) => leaderOf(judge(sheet.chosen, measure)))).size > 1,
    ),
  };
}

/** What matters first; everything does where only all of it together explains different leaders. */
function agendaOf(found: readonly Disagreement[], areLeadersSplit: boolean): readonly Disagreement[] {
  if (areLeadersSplit && !found.some(({ matters }) => matters))
    return found.map((disagreement) => ({ ...disagreement, matters: true }));
  return found.toSorted((left, right) => Number(right.matters) - Number(left.matters));
}

function partsOf(sheets: readonly CheckedSheet[], { table }: Measure): readonly string[] {
  const named = new Set(sheets.flatMap(({ parts }) => parts));
  const question = table.questions.find(({ role }) => role === 'parts');
  return (question?.options ?? []).map(({ id }) => id).filter((id) => named.has(id));
}

interface Merging {
  readonly sheets: readonly CheckedSheet[];
  readonly names: readonly string[];
  readonly chosen: Readonly<Record<string, string>>;
  readonly measure: Measure;
}

function disagreementOn(id: string, { sheets, names, chosen, measure }: Merging): Disagreement {
  const options = [...new Set(sheets.flatMap((sheet) => sheet.chosen[id] ?? []))];
  const answers = options.map((option) => ({
    option,
    by: names.filter((_, index) => sheets[index]?.chosen[id] === option),
    leader: leaderOf(judge({ ...chosen, [id]: option }, measure)),
  }));
  return { question: id, answers, matters: new Set(answers.map(({ leader }) => leader)).size > 1 };
}
