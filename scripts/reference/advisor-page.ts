import { defaultLimits, paradigms, questionTable, type Question } from '../../src/advisor/index.ts';

/** docs/reference/advisor.md: every question with its options, points and reasons, from the table the advisor scores with. */
export function renderAdvisor(): string {
  return `# Advisor

What \`tutti advise\` scores with: questions, options, points and reasons; how a decision comes about is told in
[choose a model](../guides/choose-a-model.md). Points are from −2 (speaks strongly against) to +2 (strongly for). • marks the questions of
\`--quick\`. Every question may also be answered with \`"not sure"\`, or left out.

An answer sheet is \`{ "answers": { "<question>": "<option>" }, "people": [...], "preference": { "paradigm", "why" } }\`. The JSON Schemas of
sheet, advice and table are \`answerSheetSchema\`, \`adviceSchema\` and \`questionTableSchema\` of \`tutti/advisor\`, and part of
\`GET /api/advice/questions\`.

This page is generated from \`src/advisor/table/\` by \`npm run reference\`. Table version ${questionTable.version}.

## Limits

The numbers behind the exclusions; \`--limits\` replaces any of them by what was measured, with its source.

| limit | default |
| --- | --- |
${Object.entries(defaultLimits)
  .map(([name, value]) => `| \`${name}\` | ${value} |`)
  .join('\n')}

${questionTable.questions.map(renderQuestion).join('\n')}`;
}

function renderQuestion({
  id,
  role,
  dimension,
  weight,
  isQuick,
  text,
  help,
  example,
  options,
}: Question): string {
  const kinds = {
    score: `weight ${weight}`,
    gate: 'can only exclude',
    parts: 'a list; for the advice on mixing',
  };
  return [
    `## ${id}`,
    '',
    `**${text}**${isQuick ? ' •' : ''} (${kinds[role]}, ${dimension})`,
    '',
    `${help} ${example}`,
    '',
    ...(role === 'score'
      ? [
          `| option | means | ${paradigms.join(' | ')} |`,
          '| --- | --- | --- | --- | --- |',
          ...options.map(({ id: option, label, cells }) => {
            const reasons = paradigms.map(
              (paradigm) => `**${signed(cells[paradigm][0])}** ${cells[paradigm][1]}`,
            );
            return `| \`${option}\` | ${label} | ${reasons.join(' | ')} |`;
          }),
        ]
      : [
          '| option | means |',
          '| --- | --- |',
          ...options.map(({ id: option, label }) => `| \`${option}\` | ${label} |`),
        ]),
    '',
  ].join('\n');
}

function signed(points: number): string {
  return points > 0 ? `+${points}` : points < 0 ? `−${Math.abs(points)}` : '0';
}
