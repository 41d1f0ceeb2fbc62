/** The advice as one HTML page that contains everything it needs: it can be mailed, printed and opened offline. */
import type { Advice } from '../advice.ts';
import { paradigms } from '../paradigm.ts';
import type { QuestionTable } from '../question.ts';
import { describeToolCommand } from '../tool-command.ts';
import { escapeMarkup } from './escape-markup.ts';
import { pageStyle } from './page-style.ts';
import { balanceBarsSvg } from './svg/balance-bars.ts';
import { fitBarsSvg } from './svg/fit-bars.ts';
import { sensitivitySvg } from './svg/sensitivity.ts';
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

/** The whole page as text. */
export function renderPage(advice: Advice, table: QuestionTable): string {
  const { recommendation } = advice;
  const name = paradigmNames[recommendation.paradigm];
  const body = [
    `<h1>${escapeMarkup(name)}</h1>`,
    `<p><span class="badge">confidence: ${recommendation.confidence}</span> ` +
      `<span class="dim">${advice.decidedOn}${people(advice)}</span></p>`,
    `<p class="lead">${escapeMarkup(recommendation.why)}</p>`,
    fitBars(advice),
    ...advice.contradictions.map(({ questions, sentence }) =>
      warning(`${questions.join(' and ')} contradict each other. ${sentence}`),
    ),
    advice.nextStep === null ? '' : warning(advice.nextStep),
    ...choiceSections(advice, table),
    ...planSections(advice, table),
    `<details><summary>Architecture decision record</summary><pre>${escapeMarkup(advice.adr.markdown)}</pre></details>`,
    `<p class="dim">Look at it again on <strong>${advice.reviewOn}</strong>. ` +
      `Answers ${advice.answersHash}, table version ${escapeMarkup(advice.tableVersion)}.</p>`,
  ];
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeMarkup(name)} · advice</title><style>${pageStyle}</style></head><body>`,
    ...body.filter((part) => part !== ''),
    '</body></html>',
    '',
  ].join('\n');
}

/** The choice, its reasons, and how firm it is. */
function choiceSections(advice: Advice, table: QuestionTable): readonly string[] {
  return [
    section('Where people differ', differences(advice, table)),
    section('What decides', decides(advice, table)),
    section('Why not the others', whyNot(advice, table)),
    section('What would change it', flips(advice, table)),
    section('How firm it is', firmness(advice)),
  ];
}

/** What follows from it. */
function planSections(advice: Advice, table: QuestionTable): readonly string[] {
  return [
    section(
      'Mixing',
      bullets([
        advice.mixingRule,
        ...advice.mix.map(
          ({ label, home, when, pattern, sentence }) =>
            `${when}: ${label} → ${inSentence(home)}: ${pattern}. ${sentence}`,
        ),
      ]),
    ),
    section(
      'Risks, and the check that guards against each',
      grid(
        ['risk', 'shows as', 'guard', 'check'],
        advice.risks.map(({ risk, symptom, guard, check }) => [
          risk,
          symptom,
          guard,
          describeToolCommand(check),
        ]),
      ),
    ),
    section(
      'Common mistakes that apply here',
      bullets(advice.mistakes.map(({ mistake, sentence, instead }) => `${mistake}: ${sentence} ${instead}`)),
    ),
    section(
      'Skills to build',
      bullets(
        advice.skillGaps.flatMap(({ paradigm, needed, have, learn }) =>
          learn.map(
            (task) => `${paradigmNames[paradigm]} (needed ${needed}, have ${have ?? 'unknown'}): ${task}`,
          ),
        ),
      ),
    ),
    section('Cost', cost(advice)),
    section(
      'The way there',
      grid(
        ['phase', 'work', 'done when'],
        advice.migration.map(({ phase, title, work, exit }) => [`${phase} ${title}`, work, exit]),
      ),
    ),
    section(
      'The answers',
      grid(
        ['question', 'answer'],
        Object.entries(advice.answers).map(([id, answer]) => [
          questionText(table, id),
          [answer]
            .flat()
            .map((option) => optionLabel(table, id, option))
            .join(', '),
        ]),
      ),
    ),
  ];
}

function people({ people: named }: Advice): string {
  return named.length === 0 ? '' : ` · ${escapeMarkup(named.map(({ name }) => name).join(', '))}`;
}

function section(title: string, content: string): string {
  return content === '' ? '' : `<h2>${escapeMarkup(title)}</h2>\n${content}`;
}

function warning(text: string): string {
  return `<p class="warning">${escapeMarkup(text)}</p>`;
}

function bullets(items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `<ul>${items.map((item) => `<li>${escapeMarkup(item)}</li>`).join('')}</ul>`;
}

function grid(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const head = headings.map((heading) => `<th>${escapeMarkup(heading)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join('')}</tr>`);
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function fitBars({ fits, excluded, recommendation }: Advice): string {
  return fitBarsSvg(
    paradigms.map((paradigm) => ({
      label: paradigmNames[paradigm],
      fit: fits[paradigm],
      isChosen: paradigm === recommendation.paradigm,
      isExcluded: excluded.some((exclusion) => exclusion.paradigm === paradigm),
    })),
  );
}

function decides(
  { contributions, recommendation, comparedWith, dimensions }: Advice,
  table: QuestionTable,
): string {
  const { paradigm } = recommendation;
  if (paradigm === 'none' || comparedWith === null) return '';
  const title = `${inSentence(paradigm)} against ${inSentence(comparedWith)}`;
  const shown = contributions.filter(({ lead }) => lead !== 0);
  return [
    `<p class="dim">${escapeMarkup(title)}: weight × points.</p>`,
    balanceBarsSvg(
      shown.map(({ question, option, lead }) => ({
        label: `${question}: ${optionLabel(table, question, option)}`,
        value: lead,
      })),
      title,
    ),
    '<h3>By side of the decision</h3>',
    balanceBarsSvg(
      dimensions.map(({ dimension, points }) => ({
        label: dimension,
        value: points[paradigm] - points[comparedWith],
      })),
      `${title}, by side`,
    ),
    bullets(
      shown
        .filter(({ lead }) => lead > 0)
        .slice(0, 5)
        .map(
          ({ question, option, reasons }) => `${answerText(table, question, option)}. ${reasons[paradigm]}`,
        ),
    ),
  ].join('\n');
}

function whyNot(advice: Advice, table: QuestionTable): string {
  return advice.whyNot
    .map(({ paradigm, excludedBecause, against }) => {
      const lines = [
        ...excludedBecause.map((sentence) => `Excluded: ${sentence}`),
        ...against.map(
          ({ question, option, points, reason }) =>
            `${signed(points)} ${answerText(table, question, option)}: ${reason}`,
        ),
      ];
      return `<h3>${escapeMarkup(paradigmNames[paradigm])}</h3>${bullets(lines.length === 0 ? ['Nothing speaks against it; others fit better.'] : lines)}`;
    })
    .join('\n');
}

function flips({ flips: found, recommendation }: Advice, table: QuestionTable): string {
  if (recommendation.paradigm === 'none') return '';
  if (found.length === 0) return '<p>No other answer to a single question would.</p>';
  return grid(
    ['question', 'now', 'would change with', 'to'],
    found.map(({ question, from, to, leader }) => [
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
  recommendation,
  openQuestions,
}: Advice): string {
  if (recommendation.paradigm === 'none') return '';
  const chart = sensitivitySvg(
    paradigms.map((paradigm) => ({
      label: paradigmNames[paradigm],
      ...robustness.fits[paradigm],
      isChosen: paradigm === recommendation.paradigm,
    })),
  );
  const open = openQuestions.filter(({ flipShare }) => flipShare > 0);
  return `${chart}\n${bullets([
    `${percent(robustness.share)} of ${robustness.runs} runs with all weights varied by ±${percent(robustness.spread)} keep it.`,
    criticalWeights.length === 0
      ? 'No single weight changes it, from −100 % to +300 %.'
      : `Single weights that change it: ${criticalWeights.map(({ question, changePercent }) => `${question} ${signed(changePercent)} %`).join(', ')}.`,
    `${percent(answeredShare)} of the weight is answered. Weights: ${weights.source}. Limits: ${limits.source}.`,
    ...open.map(
      ({ question, text, flipShare }) =>
        `Open: ${question}: ${text} ${percent(flipShare)} of its answers would change it.`,
    ),
  ])}`;
}

function cost({ cost: estimate }: Advice): string {
  if (estimate === null) return '';
  const { currency } = estimate;
  return [
    `<p>${escapeMarkup(estimate.note)}</p>`,
    grid(
      [`amount in ${currency}`, 'range'],
      [
        ['total per month', rangeText(estimate.totalPerMonth)],
        ['machines per month', rangeText(estimate.infrastructurePerMonth)],
        ['people per month', rangeText(estimate.peoplePerMonth)],
        ['training, once', rangeText(estimate.training)],
      ],
    ),
    grid(
      ['input', 'value', 'unit', 'source'],
      estimate.inputs.map(({ label, unit, source, ...range }) => [label, rangeText(range), unit, source]),
    ),
    bullets(estimate.formulas),
  ].join('\n');
}

function differences({ disagreements }: Advice, table: QuestionTable): string {
  return grid(
    ['question', 'answers', 'decide it together?'],
    disagreements.map(({ question, answers, matters }) => [
      questionText(table, question),
      answers
        .map(
          ({ option, by, leader }) =>
            `${by.join(', ')}: ${optionLabel(table, question, option)} → ${inSentence(leader)}`,
        )
        .join('; '),
      matters ? 'yes: it changes the choice' : 'no',
    ]),
  );
}
