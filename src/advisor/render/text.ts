/** The advice for a terminal. Styles come in from outside, so that the text stays a pure function. */
import type { Advice } from '../advice.ts';
import { paradigms } from '../paradigm.ts';
import type { QuestionTable } from '../question.ts';
import { describeToolCommand } from '../tool-command.ts';
import { balanceBar, bar } from './bars.ts';
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

/** How a terminal shows emphasis. */
export type TextStyle = (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan', text: string) => string;

const plain: TextStyle = (_, text) => text;

const fitBarWidth = 30;
const leadBarHalf = 10;
const rowsShownMax = 8;

/** The lines of the advice. */
export function renderText(
  advice: Advice,
  table: QuestionTable,
  style: TextStyle = plain,
): readonly string[] {
  const { recommendation } = advice;
  return [
    style('bold', paradigmNames[recommendation.paradigm]) + ` · confidence ${recommendation.confidence}`,
    recommendation.why,
    '',
    ...fitLines(advice, style),
    ...section(
      'Answers that contradict each other',
      advice.contradictions.map(({ questions, sentence }) => `${questions.join(' and ')}: ${sentence}`),
      style,
    ),
    ...section('Where people differ', disagreementLines(advice, table), style),
    ...section('What decides', leadLines(advice, table), style),
    ...section('Why not the others', whyNotLines(advice, table), style),
    ...section('What would change it', flipLines(advice, table), style),
    ...section('How firm it is', firmnessLines(advice), style),
    ...section('Ask next', openLines(advice), style),
    ...section('Mixing', mixLines(advice), style),
    ...section('Risks, and the check that guards against each', riskLines(advice), style),
    ...section(
      'Common mistakes that apply here',
      advice.mistakes.map(({ mistake, sentence, instead }) => `${mistake}: ${sentence} ${instead}`),
      style,
    ),
    ...section('Skills to build', skillLines(advice), style),
    ...section('Cost', costLines(advice), style),
    ...section(
      'The way there',
      advice.migration.map(({ phase, title, work, exit }) => `${phase} ${title}: ${work} Done when: ${exit}`),
      style,
    ),
    '',
    `Look at the choice again on ${advice.reviewOn}.`,
    ...(advice.starter === null
      ? []
      : [`Start: ${advice.starter.command} (template ${advice.starter.template})`]),
  ];
}

function section(title: string, lines: readonly string[], style: TextStyle): readonly string[] {
  return lines.length === 0 ? [] : ['', style('bold', title), ...lines.map((line) => `  ${line}`)];
}

/** The three bars, the recommended one in green, the excluded ones marked. */
export function fitLines(
  { fits, excluded, recommendation }: Pick<Advice, 'fits' | 'excluded' | 'recommendation'>,
  style: TextStyle = plain,
): readonly string[] {
  return paradigms.map((paradigm) => {
    const isOut = excluded.some((exclusion) => exclusion.paradigm === paradigm);
    const color = paradigm === recommendation.paradigm ? 'green' : isOut ? 'dim' : 'cyan';
    const name = paradigmNames[paradigm].padEnd(18);
    const fit = String(Math.round(fits[paradigm])).padStart(4);
    return `${name} ${style(color, bar(fits[paradigm], fitBarWidth))}${fit}${isOut ? '  excluded' : ''}`;
  });
}

function leadLines(
  { contributions, comparedWith, recommendation }: Advice,
  table: QuestionTable,
): readonly string[] {
  const { paradigm } = recommendation;
  if (paradigm === 'none' || comparedWith === null) return [];
  const largest = Math.max(1, ...contributions.map(({ lead }) => Math.abs(lead)));
  const shown = contributions.filter(({ lead }) => lead !== 0);
  const rows =
    shown.length <= rowsShownMax ? shown : [...shown.slice(0, rowsShownMax - 2), ...shown.slice(-2)];
  return [
    `${inSentence(paradigm)} against ${inSentence(comparedWith)}, weight × points:`,
    ...rows.map(
      ({ question, option, lead, reasons }) =>
        `${balanceBar(lead, largest, leadBarHalf)} ${signed(lead).padStart(4)}  ${question}: ${optionLabel(table, question, option)}. ` +
        reasons[lead > 0 ? paradigm : comparedWith],
    ),
  ];
}

function whyNotLines({ whyNot }: Advice, table: QuestionTable): readonly string[] {
  return whyNot.flatMap(({ paradigm, excludedBecause, against }) => [
    `${paradigmNames[paradigm]}${excludedBecause.length === 0 && against.length === 0 ? ': nothing speaks against it, others fit better' : ''}`,
    ...excludedBecause.map((sentence) => `  excluded: ${sentence}`),
    ...against.map(
      ({ question, option, points, reason }) =>
        `  ${signed(points).padStart(4)}  ${answerText(table, question, option)}: ${reason}`,
    ),
  ]);
}

function flipLines({ flips, recommendation }: Advice, table: QuestionTable): readonly string[] {
  if (recommendation.paradigm === 'none') return [];
  if (flips.length === 0) return ['No other answer to a single question would.'];
  return flips.map(
    ({ question, from, to, leader }) =>
      `${questionText(table, question)} ${optionLabel(table, question, to)} (now: ${optionLabel(table, question, from)}) → ${inSentence(leader)}`,
  );
}

function firmnessLines({
  robustness,
  criticalWeights,
  answeredShare,
  weights,
  limits,
  nextStep,
  recommendation,
}: Advice): readonly string[] {
  if (recommendation.paradigm === 'none') return [];
  return [
    `${percent(robustness.share)} of ${robustness.runs} runs with all weights varied by ±${percent(robustness.spread)} keep it.`,
    criticalWeights.length === 0
      ? 'No single weight changes it, from −100 % to +300 %.'
      : `Single weights that change it: ${criticalWeights.map(({ question, changePercent }) => `${question} ${signed(changePercent)} %`).join(', ')}.`,
    `${percent(answeredShare)} of the weight is answered. Weights: ${weights.source}. Limits: ${limits.source}.`,
    ...(weights.source === 'yours' && weights.byDefault.paradigm !== recommendation.paradigm
      ? [`With the default weights it would be ${inSentence(weights.byDefault.paradigm)}.`]
      : []),
    ...(nextStep === null ? [] : [nextStep]),
  ];
}

function openLines({ openQuestions }: Advice): readonly string[] {
  const canFlip = openQuestions.filter(({ flipShare }) => flipShare > 0);
  if (canFlip.length === 0)
    return openQuestions.length === 0 ? [] : ['No open question can change it by itself.'];
  return canFlip
    .slice(0, rowsShownMax)
    .map(
      ({ question, text, flipShare }) =>
        `${question}: ${text} (${percent(flipShare)} of the answers would change it)`,
    );
}

function mixLines({ mix, mixingRule, recommendation }: Advice): readonly string[] {
  if (recommendation.paradigm === 'none') return [];
  return [
    mixingRule,
    ...mix.map(
      ({ label, home, when, pattern, sentence }) =>
        `${when}: ${label} → ${inSentence(home)}: ${pattern}. ${sentence}`,
    ),
  ];
}

function riskLines({ risks }: Advice): readonly string[] {
  return risks.map(
    ({ risk, symptom, guard, check }) => `${risk} ${symptom} ${guard} [${describeToolCommand(check)}]`,
  );
}

function skillLines({ skillGaps }: Advice): readonly string[] {
  return skillGaps.flatMap(({ paradigm, needed, have, learn }) => [
    `${paradigmNames[paradigm]}: needed ${needed}, ${have === null ? 'nobody said what you have' : `you have ${have}`}`,
    ...learn.map((task) => `  ${task}`),
  ]);
}

function costLines({ cost }: Advice): readonly string[] {
  if (cost === null) return [];
  const { currency } = cost;
  return [
    cost.note,
    `Per month ${rangeText(cost.totalPerMonth)} ${currency}: machines ${rangeText(cost.infrastructurePerMonth)}, ` +
      `people ${rangeText(cost.peoplePerMonth)}. Training once: ${rangeText(cost.training)} ${currency}.`,
    ...cost.inputs.map(
      ({ id, label, unit, source, ...range }) =>
        `  ${id.padEnd(20)} ${rangeText(range).padEnd(12)} ${unit} (${label}; ${source})`,
    ),
    ...cost.formulas.map((formula) => `  ${formula}`),
  ];
}

function disagreementLines({ disagreements }: Advice, table: QuestionTable): readonly string[] {
  return disagreements.flatMap(({ question, answers, matters }) => [
    `${matters ? 'DECIDE: ' : ''}${questionText(table, question)}${matters ? '' : ' (does not matter for the choice)'}`,
    ...answers.map(
      ({ option, by, leader }) =>
        `  ${by.join(', ')}: ${optionLabel(table, question, option)} → ${inSentence(leader)}`,
    ),
  ]);
}
