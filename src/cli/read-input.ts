import { readFileSync } from 'node:fs';
import { parseJsonText } from '../base/json-text.ts';
import { TuttiError } from '../base/tutti-error.ts';
import type { Arguments } from './command.ts';

/**
 * The JSON value of a command: its argument, or the file of `--input-file` (`-` is stdin); undefined when neither is given.
 *
 * @throws TUTTI_JSON_MALFORMED with line and column, TUTTI_ARGUMENT_INVALID for both at once, TUTTI_OPTION_INVALID for a file that cannot be read.
 */
export async function readInput(args: Arguments, argument: string): Promise<unknown> {
  const typed = args.text(argument);
  const file = args.text('inputFile');
  if (typed !== undefined && file !== undefined) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      `Both a ${argument} argument and --input-file were given; expected one of them.`,
    );
  }
  if (typed !== undefined) return parseJsonText(typed, `The ${argument} argument`);
  return file === undefined ? undefined : readJsonFile(file);
}

/**
 * The JSON value in a file; `-` is stdin.
 *
 * @throws TUTTI_JSON_MALFORMED with line and column, TUTTI_OPTION_INVALID for a file that cannot be read.
 */
export async function readJsonFile(path: string): Promise<unknown> {
  if (path === '-') return parseJsonText(await readStdin(), 'The text on stdin');
  return parseJsonText(readTextFile(path), `The file ${path}`);
}

async function readStdin(): Promise<string> {
  // Loaded when needed: it is a tenth of the start of a short command.
  const { text } = await import('node:stream/consumers');
  return text(process.stdin);
}

function readTextFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TuttiError('TUTTI_OPTION_INVALID', `The input file ${path} cannot be read: ${String(cause)}`, {
      cause,
    });
  }
}

/**
 * A whole number given as an option.
 *
 * @throws TUTTI_OPTION_INVALID
 */
export function readInteger(args: Arguments, option: string, min: number, max: number): number | undefined {
  const text = args.text(option);
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `Option --${option} is '${text}'; expected a whole number from ${min} to ${max}.`,
  );
}
