import { Command, CommanderError, Option } from 'commander';
import type { ErrorCode } from '../base/error-codes.ts';
import { nearestName } from '../base/nearest.ts';
import { TuttiError } from '../base/tutti-error.ts';
import { catalog, groups } from './catalog.ts';
import { Arguments, type CommandSpec, type OptionSpec } from './command.ts';
import { outputForms } from './output.ts';
import { programName } from './program-name.ts';

/** A command line that was understood. */
export interface ParsedCommand {
  readonly name: string;
  readonly command: CommandSpec;
  readonly args: Arguments;
}

/** Thrown when the command line asked for help and got it. */
export class HelpShown extends Error {}

const place: OptionSpec = {
  flags: '--store <path>',
  summary: `Data directory or database file. Default: TUTTI_STORE, else .tutti in the current directory.`,
};
const connection: readonly OptionSpec[] = [
  {
    flags: '--url <url>',
    summary: 'Address of a running engine. Default: TUTTI_URL, else the one that works on the store.',
  },
  {
    flags: '--token <token>',
    summary: "The engine's bearer token. Default: TUTTI_TOKEN, else the one beside the store.",
  },
];
const verbose: OptionSpec = { flags: '--verbose', summary: 'Show stacks and causes of errors.' };

/** All options of a command: its own and those it shares with others. */
export function optionsOf(command: CommandSpec): readonly OptionSpec[] {
  const forms = command.forms ?? outputForms;
  const output: OptionSpec = {
    flags: '-o, --output <form>',
    summary: `Form of the data on stdout. Default ${forms[0]}.`,
    values: forms,
  };
  return [
    ...(command.options ?? []),
    ...(command.data === undefined ? [] : [output]),
    place,
    ...(command.connects === false ? [] : connection),
    verbose,
  ];
}

/** Options that may stand before the command and take a value. */
const movable = new Set(['--store', '--url', '--token', '-o', '--output']);

/**
 * Finds the command and parses its arguments. Loads only the command that is called.
 *
 * @throws HelpShown after help was written to stdout; TUTTI_COMMAND_UNKNOWN, TUTTI_OPTION_UNKNOWN, TUTTI_OPTION_INVALID,
 * TUTTI_ARGUMENT_INVALID.
 */
export async function parseCommandLine(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ParsedCommand> {
  const { leading, rest } = splitLeading(argv);
  if (rest[0] === '--version' || rest[0] === '-V') return parseCommandLine(['version', ...leading], env);
  const found = findCommand(rest);
  if (found === undefined) return showHelpOfMany(rest, env);
  const { command } = await (catalog[found.name] as NonNullable<(typeof catalog)[string]>)();
  return parseWith(found.name, command, [...leading, ...found.rest], env);
}

function splitLeading(argv: readonly string[]): { leading: readonly string[]; rest: readonly string[] } {
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] ?? '';
    if (movable.has(word)) at += 2;
    else if (word === '--verbose' || (word.includes('=') && movable.has(word.split('=', 1)[0] ?? '')))
      at += 1;
    else break;
  }
  return { leading: argv.slice(0, at), rest: argv.slice(at) };
}

function findCommand(words: readonly string[]): { name: string; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ');
    if (words.length >= length && Object.hasOwn(catalog, name)) return { name, rest: words.slice(length) };
  }
  return undefined;
}

function parseWith(
  name: string,
  spec: CommandSpec,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedCommand {
  const parser = describeCommand(name, spec, programName(env));
  try {
    parser.parse([...words], { from: 'user' });
  } catch (error) {
    throw translate(error, name, spec);
  }
  const values: Record<string, unknown> = { ...parser.opts() };
  for (const [position, argument] of (spec.args ?? []).entries()) {
    values[argument.name] = parser.processedArgs[position] as unknown;
  }
  return { name, command: spec, args: new Arguments(values) };
}

/** The command as commander's parser, with its help. */
export function describeCommand(name: string, spec: CommandSpec, program: string): Command {
  const parser = new Command(`${program} ${name}`)
    .description([spec.summary, spec.description].filter((text) => text !== undefined).join('\n\n'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .helpOption('-h, --help', 'Show this help.');
  for (const argument of spec.args ?? []) {
    const word = argument.variadic === true ? `${argument.name}...` : argument.name;
    parser.argument(argument.required === false ? `[${word}]` : `<${word}>`, argument.summary);
  }
  for (const { flags, summary, values } of optionsOf(spec)) {
    const option = new Option(flags, summary);
    parser.addOption(values === undefined ? option : option.choices(values));
  }
  const width = Math.max(...spec.examples.map(({ command }) => command.length));
  const examples = spec.examples.map(({ command, does }) => `  ${program} ${command.padEnd(width)}  ${does}`);
  return parser.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
}

/** Commander's complaints in the words of the error table. */
function translate(error: unknown, name: string, spec: CommandSpec): unknown {
  if (!(error instanceof CommanderError)) return error;
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') return new HelpShown();
  const [firstLine = ''] = error.message.split('\n');
  const message = firstLine.replace(/^error: /, '');
  if (error.code === 'commander.unknownOption') {
    const given = /'([^']+)'/.exec(message)?.[1] ?? '';
    const known = [...optionsOf(spec).flatMap(({ flags }) => flags.match(/--?[a-z][\w-]*/g) ?? []), '--help'];
    const nearest = nearestName(
      given,
      known.filter((flag) => flag.startsWith('--')),
    );
    const hint = nearest === undefined ? `it takes ${known.join(', ')}` : `did you mean '${nearest}'?`;
    return new TuttiError('TUTTI_OPTION_UNKNOWN', `'${name}' has no option '${given}'; ${hint}`);
  }
  const isOption = ['commander.optionMissingArgument', 'commander.invalidArgument'].includes(error.code);
  const code: ErrorCode = isOption ? 'TUTTI_OPTION_INVALID' : 'TUTTI_ARGUMENT_INVALID';
  return new TuttiError(code, `'${name}': ${message}`);
}

async function showHelpOfMany(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<never> {
  const [first, second] = words;
  const isGroup = first !== undefined && Object.hasOwn(groups, first);
  const asked = isGroup ? second : first;
  const isHelp = asked === undefined || ['-h', '--help', 'help'].includes(asked);
  if (!isHelp) throw unknownCommand(words, isGroup ? first : undefined);
  const names = Object.keys(catalog).filter((name) => !isGroup || name.startsWith(`${first} `));
  process.stdout.write(await helpOf(names, isGroup ? first : undefined, programName(env)));
  throw new HelpShown();
}

function unknownCommand(words: readonly string[], group: string | undefined): TuttiError {
  const [first = '', second = ''] = words;
  if (first.startsWith('-')) {
    return new TuttiError('TUTTI_OPTION_UNKNOWN', `There is no option '${first}' before a command.`);
  }
  const given = group === undefined ? first : `${group} ${second}`;
  const known =
    group === undefined ? [...Object.keys(groups), ...Object.keys(catalog)] : Object.keys(catalog);
  // `run list` for `runs list` is as near as `statr` for `start`.
  const nearest = nearestName(`${first} ${second}`.trim(), known) ?? nearestName(given, known);
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
  return new TuttiError('TUTTI_COMMAND_UNKNOWN', `There is no command '${given}'.${hint}`);
}

async function helpOf(names: readonly string[], group: string | undefined, program: string): Promise<string> {
  const rows: [string, string][] = [];
  for (const name of names) {
    const { command } = await (catalog[name] as NonNullable<(typeof catalog)[string]>)();
    const words = (command.args ?? []).map(({ name: word, required }) =>
      required === false ? `[${word}]` : `<${word}>`,
    );
    rows.push([[name, ...words].join(' '), command.summary]);
  }
  const width = Math.max(...rows.map(([usage]) => usage.length));
  const about =
    group === undefined ? 'Durable workflows: one engine, from one embedded file.' : groups[group];
  return [
    `Usage: ${program} ${group === undefined ? '<command>' : `${group} <command>`} [options]`,
    '',
    about ?? '',
    '',
    ...rows.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}`),
    '',
    `Every command explains itself: ${program} ${names[0] ?? ''} --help`,
    '',
  ].join('\n');
}
