import type { Advice } from '../advice.ts';
import { paradigms } from '../paradigm.ts';
import type { QuestionTable } from '../question.ts';
import { describeToolCommand } from '../tool-command.ts';
import {
  answerText,
  inSentence,
  optionLabel,
  paradigmNames,
  percent,
  questionText,
  rangeText,
  signed,
} from './wording.ts';

/** The advice as a Markdown document. */
export function renderMarkdown(advice: Advice, table: QuestionTable): string {
  const { recommendation } = advice;
  return [
    `# ${paradigmNames[recommendation.paradigm]}`,
    '',
    `${recommendation.why} Confidence: **${recommendation.confidence}**.`,
    '',
    ...tableOf(
      ['paradigm', 'fit', ''],
      paradigms.map((paradigm) => [
        paradigmNames[paradigm],
        String(Math.round(advice.fits[paradigm])),
        advice.excluded
          .filter((exclusion) => exclusion.paradigm === paradigm)
          .map(({ sentence }) => sentence)
          .join(' '),
      ]),
    ),
    ...section(
      'Answers that contradict each other',
      list(advice.contradictions.map(({ questions, sentence }) => `${questions.join(' and ')}: ${sentence}`)),
    ),
    ...section('Where people differ', differences(advice, table)),
    ...section('What decides', leads(advice, table)),
    ...section('Why not the others', whyNot(advice, table)),
    ...section('What would change it', flips(advice, table)),
    ...section('How firm it is', firmness(advice)),
    ...planSections(advice, table),
    '',
    `Decided on ${advice.decidedOn}; look at it again on ${advice.reviewOn}. Answers ${advice.answersHash}, table version ${advice.tableVersion}.`,
    '',
  ].join('\n');
}

/** What follows from the choice. */
function planSections(advice: Advice, table: QuestionTable): readonly string[] {
  return [
    ...section(
      'Mixing',
      list([
        advice.mixingRule,
        ...advice.mix.map(
          ({ label, home, when, pattern, sentence }) =>
            `**${when}**: ${label} → ${inSentence(home)}: ${pattern}. ${sentence}`,
        ),
      ]),
    ),
    ...section('Risks', risks(advice)),
    ...section(
      'Common mistakes that apply here',
      list(advice.mistakes.map(({ mistake, sentence, instead }) => `**${mistake}**: ${sentence} ${instead}`)),
    ),
    ...section(
      'Skills to build',
      list(
        advice.skillGaps.flatMap(({ paradigm, needed, have, learn }) =>
          learn.map(
            (task) => `${paradigmNames[paradigm]} (needed ${needed}, have ${have ?? 'unknown'}): ${task}`,
          ),
        ),
      ),
    ),
    ...section('Cost', costs(advice)),
    ...section(
      'The way there',
      tableOf(
        ['phase', 'work', 'done when'],
        advice.migration.map(({ phase, title, work, exit }) => [`${phase} ${title}`, work, exit]),
      ),
    ),
    ...section('Answers', tableOf(['question', 'answer'], answers(advice, table))),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines];
}

function list(items: readonly string[]): readonly string[] {
  return items.map((item) => `- ${item}`);
}

/** A table; none without rows. */
export function tableOf(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  return [tableRow(headings), tableRow(headings.map(() => '---')), ...rows.map(tableRow)];
}

function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

function answers({ answers: given }: Advice, table: QuestionTable): readonly (readonly string[])[] {
  return Object.entries(given).map(([id, answer]) => [
    questionText(table, id),
    [answer]
      .flat()
      .map((option) => optionLabel(table, id, option))
      .join(', '),
  ]);
}

function leads(
  { contributions, recommendation, comparedWith }: Advice,
  table: QuestionTable,
): readonly string[] {
  const { paradigm } = recommendation;
  if (paradigm === 'none' || comparedWith === null) return [];
  return tableOf(
    ['answer', 'weight', ...paradigms, `lead over ${comparedWith}`, 'reason'],
    contributions.map(({ question, option, weight, points, lead, reasons }) => [
      answerText(table, question, option),
      String(weight),
      ...paradigms.map((each) => signed(points[each])),
      signed(lead),
      reasons[lead >= 0 ? paradigm : comparedWith],
    ]),
  );
}

function whyNot(advice: Advice, table: QuestionTable): readonly string[] {
  return advice.whyNot.flatMap(({ paradigm, excludedBecause, against }) => [
    `### ${paradigmNames[paradigm]}`,
    '',
    ...list(excludedBecause.map((sentence) => `**excluded**: ${sentence}`)),
    ...list(
      against.map(
        ({ question, option, points, reason }) =>
          `${signed(points)} ${answerText(table, question, option)}: ${reason}`,
      ),
    ),
    '',
  ]);
}

function flips(advice: Advice, table: QuestionTable): readonly string[] {
  if (advice.recommendation.paradigm === 'none') return [];
  if (advice.flips.length === 0) return ['No other answer to a single question would.'];
  return tableOf(
    ['question', 'now', 'would change with', 'to'],
    advice.flips.map(({ question, from, to, leader }) => [
      questionText(table, question),
      optionLabel(table, question, from),
      optionLabel(table, question, to),
      inSentence(leader),
    ]),
  );
}

function firmness({
  robustness,
  criticalWeights,
  answeredShare,
  weights,
  limits,
  nextStep,
  openQuestions,
}: Advice): readonly string[] {
  const open = openQuestions.filter(({ flipShare }) => flipShare > 0);
  return list([
    `${percent(robustness.share)} of ${robustness.runs} runs with all weights varied by ±${percent(robustness.spread)} keep it (seed ${robustness.seed}).`,
    criticalWeights.length === 0
      ? 'No single weight changes it, from −100 % to +300 %.'
      : `Single weights that change it: ${criticalWeights.map(({ question, changePercent }) => `${question} ${signed(changePercent)} %`).join(', ')}.`,
    `${percent(answeredShare)} of the weight is answered. Weights: ${weights.source}. Limits: ${limits.source}.`,
    ...open.map(({ question, text }) => `Open: ${question}: ${text}`),
    ...(nextStep === null ? [] : [nextStep]),
  ]);
}

function risks(advice: Advice): readonly string[] {
  return tableOf(
    ['risk', 'shows as', 'guard', 'check'],
    advice.risks.map(({ risk, symptom, guard, check }) => [
      risk,
      symptom,
      guard,
      `\`${describeToolCommand(check)}\``,
    ]),
  );
}

function costs({ cost }: Advice): readonly string[] {
  if (cost === null) return [];
  const { currency } = cost;
  return [
    cost.note,
    '',
    ...tableOf(
      ['input', 'value', 'unit', 'source'],
      cost.inputs.map(({ label, unit, source, ...range }) => [label, rangeText(range), unit, source]),
    ),
    '',
    ...tableOf(
      ['amount', currency],
      [
        ['machines per month', rangeText(cost.infrastructurePerMonth)],
        ['people per month', rangeText(cost.peoplePerMonth)],
        ['total per month', rangeText(cost.totalPerMonth)],
        ['training, once', rangeText(cost.training)],
      ],
    ),
  ];
}

function differences({ disagreements }: Advice, table: QuestionTable): readonly string[] {
  return tableOf(
    ['question', 'answers', 'matters'],
    disagreements.map(({ question, answers: given, matters }) => [
      questionText(table, question),
      given
        .map(
          ({ option, by, leader }) =>
            `${by.join(', ')}: ${optionLabel(table, question, option)} → ${inSentence(leader)}`,
        )
        .join('; '),
      matters ? '**decide it together**' : 'no',
    ]),
  );
}
