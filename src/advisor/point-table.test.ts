import { describe, expect, it } from 'vitest';
import { defaultLimits } from './limits.ts';
import { judge } from './judge.ts';
import { fitsOf } from './flips.ts';
import { paradigms, type Paradigm } from './paradigm.ts';
import { scoredQuestions, type Cell, type Question, type QuestionTable } from './question.ts';
import { questionTable } from './table/question-table.ts';

/**
 * The point table, pinned. The golden cases leave questions out, so five more sheets together touch every cell: sheet k answers
 * the i-th question with its option (k + i) modulo their number.
 */

const sheets = 5;

function vectorsOf(table: QuestionTable): readonly string[] {
  return Array.from({ length: sheets }, (_, sheet) => {
    const chosen = Object.fromEntries(
      scoredQuestions(table).map(({ id, options }, index) => [
        id,
        options[(sheet + index) % options.length]!.id,
      ]),
    );
    const fits = fitsOf(judge(chosen, { table, limits: defaultLimits, weights: {} }));
    return paradigms.map((paradigm) => fits[paradigm].toFixed(1)).join(' / ');
  });
}

/** Pipeline / event-driven / stateful, sheet by sheet. A change here is a new version of the table. */
const pinned: readonly string[] = [
  '35.2 / 52.3 / 57.2',
  '48.0 / 69.1 / 32.9',
  '58.9 / 48.9 / 46.7',
  '43.2 / 38.9 / 61.4',
  '56.8 / 41.2 / 55.8',
];

interface CellChange {
  readonly question: Question;
  readonly option: string;
  readonly paradigm: Paradigm;
  readonly points: number;
}

/** Every cell one point up and one point down, where that is a point. */
function everyCellChange(): readonly CellChange[] {
  return scoredQuestions(questionTable).flatMap((question) =>
    question.options.flatMap(({ id: option, cells }) =>
      paradigms.flatMap((paradigm) =>
        [-1, 1]
          .map((step) => ({ question, option, paradigm, points: cells[paradigm][0] + step }))
          .filter(({ points }) => points >= -2 && points <= 2),
      ),
    ),
  );
}

function withCell(table: QuestionTable, at: CellChange): QuestionTable {
  const questions = table.questions.map((question): Question => {
    if (question !== at.question) return question;
    const options = question.options.map((option) => {
      if (option.id !== at.option) return option;
      const cell = [at.points, option.cells[at.paradigm][1]] as Cell;
      return { ...option, cells: { ...option.cells, [at.paradigm]: cell } };
    });
    return { ...question, options };
  });
  return { ...table, questions };
}

describe('the point table', () => {
  it('gives the pinned fits', () => {
    expect(vectorsOf(questionTable)).toEqual(pinned);
  });

  it('cannot change in a single cell without a pinned fit changing', () => {
    const changes = everyCellChange();
    const survivors = changes
      .filter((change) => vectorsOf(withCell(questionTable, change)).join() === pinned.join())
      .map(({ question, option, paradigm, points }) => `${question.id} ${option} ${paradigm} ${points}`);
    expect(changes.length).toBeGreaterThan(400);
    expect(survivors).toEqual([]);
  });

  it('cannot change in a single weight without a pinned fit changing', () => {
    const survivors = scoredQuestions(questionTable).flatMap((question) =>
      [-1, 1].flatMap((step) => {
        const questions = questionTable.questions.map((other) =>
          other === question ? { ...other, weight: other.weight + step } : other,
        );
        return vectorsOf({ ...questionTable, questions }).join() === pinned.join()
          ? [`${question.id} ${step}`]
          : [];
      }),
    );
    expect(survivors).toEqual([]);
  });

  it('says a reason for every cell, as a sentence', () => {
    for (const { id, options } of scoredQuestions(questionTable)) {
      for (const option of options) {
        for (const paradigm of paradigms)
          expect(option.cells[paradigm][1], `${id} ${option.id} ${paradigm}`).toMatch(/^[A-Z].{10,}\.$/);
      }
    }
  });

  it('asks what the decision guide asks: 8 quick questions, unique ids, help and an example for each', () => {
    const { questions } = questionTable;
    expect(questions.filter(({ isQuick }) => isQuick)).toHaveLength(8);
    expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    for (const { help, example, options } of questions) {
      expect(help).not.toBe('');
      expect(example).not.toBe('');
      expect(new Set(options.map(({ id }) => id)).size).toBe(options.length);
    }
  });
});
