import { catalog } from '../../src/cli/catalog.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { errorCodesOf, exitCodes } from '../../src/cli/exit-codes.ts';
import { optionsOf } from '../../src/cli/parse-command-line.ts';

const commands = await Promise.all(
  Object.entries(catalog).map(async ([name, load]) => ({ name, spec: (await load()).command })),
);

/** docs/reference/cli.md: every command, from the data the program itself parses with. */
export function renderCli(): string {
  return `# Command line

In a checkout a command is called as \`npm run -s tutti -- <command>\`, elsewhere as \`npx tutti <command>\`.

Data goes to stdout, everything said about it to stderr. \`-o json\` writes one JSON document, \`-o jsonl\` one JSON value per line;
their shapes are the types of \`src/app/client.ts\`, and values JSON cannot hold are written as \`{"$tutti": "Date", "value": "…"}\`.
An id may be shortened to a unique beginning; \`latest\` is the newest run.

A command finds its engine by \`--url\` or TUTTI_URL; else by the \`engine.json\` a running engine leaves beside its database; else it
opens the database itself: reading works, and what it writes is executed by the next engine. The database is found by \`--store\` or
TUTTI_STORE, else in \`.tutti\` of the current directory. NO_COLOR is respected.

This page is generated from \`src/cli/commands/\` by \`npm run reference\`.

## Exit codes

| code | meaning | error codes |
| ---- | ------- | ----------- |
${Object.entries(exitCodes).map(renderExitCode).join('\n')}

A command that waits for a run exits with the run's outcome: 0 completed, 5 failed, 6 canceled or timed out, 4 paused.

${commands.map(({ name, spec }) => renderCommand(name, spec)).join('\n')}`;
}

function renderExitCode([code, meaning]: readonly [string, string]): string {
  const errors = errorCodesOf(Number(code)).map((error) => `[${error}](errors.md#${error.toLowerCase()})`);
  return `| ${code} | ${meaning} | ${errors.join(', ')} |`;
}

function renderCommand(name: string, spec: CommandSpec): string {
  const words = (spec.args ?? []).map(({ name: word, required, variadic }) => {
    const text = variadic === true ? `${word}...` : word;
    return required === false ? `[${text}]` : `<${text}>`;
  });
  const rows = [
    ...(spec.args ?? []).map((argument) => `| \`${argument.name}\` | ${cell(argument.summary)} |`),
    ...optionsOf(spec).map(({ flags, summary, values }) => {
      const allowed = values === undefined ? '' : ` One of ${values.join(', ')}.`;
      return `| \`${cell(flags)}\` | ${cell(summary)}${allowed} |`;
    }),
  ];
  return [
    `## ${name}`,
    '',
    `\`${[name, ...words].join(' ')}\``,
    '',
    [spec.summary, spec.description ?? ''].join(' ').trim(),
    '',
    ...(spec.data === undefined ? [] : [`Data: \`${spec.data}\``, '']),
    '| argument or option | meaning |',
    '| --- | --- |',
    ...rows,
    '',
    '```sh',
    ...spec.examples.flatMap(({ command, does }) => [`# ${does}`, `npm run -s tutti -- ${command}`]),
    '```',
    '',
  ].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}
