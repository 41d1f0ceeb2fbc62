/** The architecture decision record, in the form of MADR 4 (https://adr.github.io/madr/). */
import type { Advice, DecisionRecordFile } from '../advice.ts';
import type { Person, PersonPart } from '../answer-sheet.ts';
import { paradigms, type Paradigm } from '../paradigm.ts';
import { silentReason, type QuestionTable } from '../question.ts';
import { describeToolCommand, toolCommands } from '../tool-command.ts';
import {
  answerText,
  inSentence,
  optionLabel,
  paradigmNames,
  percent,
  questionText,
  signed,
} from './wording.ts';

/** An advice that has no record yet. */
type Basis = Omit<Advice, 'adr'>;

const driversShownMax = 5;

/** The record as a file: its name, and its text. */
export function renderDecisionRecord(advice: Basis, table: QuestionTable): DecisionRecordFile {
  const { paradigm } = advice.recommendation;
  const title =
    paradigm === 'none'
      ? 'Orchestrate with none of the three paradigms'
      : `Orchestrate with ${inSentence(paradigm)}`;
  const markdown = [
    ...frontMatter(advice),
    `# ${title}`,
    '',
    '## Context and Problem Statement',
    '',
    'Which paradigm fits this workflow and this team: a pipeline, event-driven processing, or a stateful workflow?',
    '',
    ...Object.entries(advice.answers).flatMap(([id, answer]) =>
      [answer].flat().map((option) => `* ${answerText(table, id, option)}`),
    ),
    '',
    '## Decision Drivers',
    '',
    ...drivers(advice, table),
    '',
    '## Considered Options',
    '',
    ...paradigms.map((option) => `* ${paradigmNames[option]}`),
    `* A mix${advice.mix.length === 0 ? '' : `: ${advice.mix.map(({ pattern }) => pattern).join('; ')}`}`,
    '',
    '## Decision Outcome',
    '',
    `Chosen option: "${paradigmNames[paradigm]}", because ${lowerFirst(advice.recommendation.why)} ` +
      `Confidence: ${advice.recommendation.confidence}.`,
    '',
    '### Consequences',
    '',
    ...consequences(advice, table),
    '',
    '### Confirmation',
    '',
    ...confirmation(advice, table),
    '',
    '## Pros and Cons of the Options',
    '',
    ...paradigms.flatMap((option) => prosAndCons(advice, table, option)),
    ...mixSection(advice),
    '## More Information',
    '',
    ...moreInformation(advice, table),
    '',
  ].join('\n');
  return { fileName: `${advice.decidedOn}-orchestrate-with-${paradigm}.md`, markdown };
}

function frontMatter({ decidedOn, people }: Basis): readonly string[] {
  return [
    '---',
    'status: proposed',
    `date: ${decidedOn}`,
    `decision-makers: ${namesOf(people, 'decides')}`,
    `consulted: ${namesOf(people, 'consulted')}`,
    `informed: ${namesOf(people, 'informed')}`,
    '---',
    '',
  ];
}

/** A list in YAML's flow form; JSON texts are valid in it whatever the names contain. */
function namesOf(people: readonly Person[], part: PersonPart): string {
  const names = people
    .filter((person) => (person.part ?? 'decides') === part)
    .map(({ name, role }) => JSON.stringify(role === undefined ? name : `${name}, ${role}`));
  return `[${names.join(', ')}]`;
}

function drivers({ contributions, recommendation }: Basis, table: QuestionTable): readonly string[] {
  const { paradigm } = recommendation;
  if (paradigm === 'none') return [`* ${recommendation.why}`];
  return contributions
    .filter(({ lead }) => lead > 0)
    .slice(0, driversShownMax)
    .map(({ question, option, reasons }) => `* ${answerText(table, question, option)}. ${reasons[paradigm]}`);
}

function consequences(
  { contributions, recommendation, risks }: Basis,
  table: QuestionTable,
): readonly string[] {
  const { paradigm } = recommendation;
  if (paradigm === 'none') return ['* Good, because nothing is introduced that is not needed.'];
  return [
    ...contributions
      .filter(({ points }) => points[paradigm] > 0)
      .slice(0, driversShownMax)
      .map(
        ({ question, option, reasons }) =>
          `* Good, because of "${question}: ${optionLabel(table, question, option)}". ${reasons[paradigm]}`,
      ),
    ...risks.map(
      ({ risk, guard, check }) =>
        `* Bad, because of a risk: ${risk} Guard: ${guard} Check: \`${describeToolCommand(check)}\`.`,
    ),
  ];
}

function confirmation(
  { answers, reviewOn, migration, limits }: Basis,
  table: QuestionTable,
): readonly string[] {
  const thresholds = ['throughput', 'latency', 'duration'].flatMap((id) => {
    const answer = answers[id];
    return typeof answer === 'string' ? [`${id} ${optionLabel(table, id, answer)}`] : [];
  });
  const shadow = migration.find(({ phase }) => phase === 1);
  return [
    ...(shadow === undefined ? [] : [`* Scenario: ${lowerFirst(shadow.work)} ${shadow.exit}`]),
    `* Faults: kill it in mid-run, deliver twice, let a dependency fail for an hour (\`${describeToolCommand(toolCommands.lab)}\`).`,
    `* Thresholds: ${thresholds.length === 0 ? 'none were given; agree on some' : thresholds.join('; ')}.`,
    `* Limits used: ${limits.source}.`,
    `* Review on ${reviewOn}.`,
  ];
}

function prosAndCons(advice: Basis, table: QuestionTable, paradigm: Paradigm): readonly string[] {
  const lines = advice.contributions
    .filter(({ reasons }) => reasons[paradigm] !== silentReason)
    .map(({ question, option, points, reasons }) => {
      const word = points[paradigm] > 0 ? 'Good' : points[paradigm] < 0 ? 'Bad' : 'Neutral';
      const answer = `${question}: ${optionLabel(table, question, option)}`;
      return { word, line: `* ${word}, because of "${answer}". ${reasons[paradigm]}` };
    });
  const excluded = advice.excluded
    .filter((exclusion) => exclusion.paradigm === paradigm)
    .map(({ sentence }) => `* Bad, because it is excluded: ${sentence}`);
  return [
    `### ${paradigmNames[paradigm]}`,
    '',
    `Fit ${Math.round(advice.fits[paradigm])} of 100.`,
    '',
    ...excluded,
    ...['Good', 'Neutral', 'Bad'].flatMap((word) =>
      lines.filter((entry) => entry.word === word).map(({ line }) => line),
    ),
    '',
  ];
}

function mixSection({ mix, mixingRule }: Basis): readonly string[] {
  return [
    '### A mix',
    '',
    ...mix.map(
      ({ label, pattern, sentence, when }) =>
        `* ${when === 'now' ? 'Good' : 'Neutral'}, because of ${label}: ${pattern}. ${sentence}`,
    ),
    `* Bad, because each added paradigm adds its cost of operation. ${mixingRule}`,
    '',
  ];
}

function moreInformation(advice: Basis, table: QuestionTable): readonly string[] {
  const { flips, criticalWeights, robustness } = advice;
  return [
    flips.length === 0
      ? '* No other single answer would change the choice.'
      : `* These answers would change the choice: ${flips
          .map(
            ({ question, to, leader }) =>
              `${questionText(table, question)} ${optionLabel(table, question, to)} → ${inSentence(leader)}`,
          )
          .join('; ')}.`,
    criticalWeights.length === 0
      ? '* No single weight changes the choice, from −100 % to +300 %.'
      : `* These weights would change it: ${criticalWeights
          .map(({ question, changePercent }) => `${question} ${signed(changePercent)} %`)
          .join('; ')}.`,
    `* ${percent(robustness.share)} of ${robustness.runs} runs with varied weights kept the choice (seed ${robustness.seed}).`,
    `* Answers ${advice.answersHash}, table version ${advice.tableVersion}, weights ${advice.weights.source}.`,
  ];
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
