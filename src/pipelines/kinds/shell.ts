import { parseDuration, type Duration } from '../../base/duration.ts';
import { refuseUnknownOptions } from '../../base/unknown-options.ts';
import { NonRetryableError } from '../../base/retry-errors.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import { encodeValue } from '../../base/codec.ts';
import { validate, type InferOutput, type StandardSchema } from '../../base/standard-schema.ts';
import type { TaskContext } from '../task-types.ts';
import { runProcess, type ProcessEnd } from './run-process.ts';

/** A command to run. It is given the task's inputs as JSON on standard input, and prints its result as JSON. */
export interface ShellCommand {
  /** A program, found as the system finds programs. It is not given to a shell, so nothing needs quoting. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Added to the worker's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. Default: the worker's. */
  readonly cwd?: string;
  /** What is written to standard input, as JSON. Default: the task's inputs. `null` writes nothing. */
  readonly input?: unknown;
}

/** How a command's output is taken. */
export interface ShellOptions<S extends StandardSchema = StandardSchema> {
  /** `json`: one JSON value, the last line or the whole of standard output. `text`: as it is. `none`: nothing. Default `json`. */
  readonly output?: 'json' | 'text' | 'none';
  /** Standard Schema of the JSON value. Default: anything. */
  readonly schema?: S;
  /** Exit codes that mean success. Default 0. */
  readonly exitCodes?: readonly number[];
  /** Exit codes that are never worth another attempt. Default none. */
  readonly finalExitCodes?: readonly number[];
  /** How long after SIGTERM a command that does not end is killed. Default 5 seconds. */
  readonly killAfter?: Duration;
  /** How many bytes of output are taken before the command is stopped as gone wrong. Default 16 MiB. */
  readonly outputMax?: number;
}

/** How many instances of one command run at a time unless the task says otherwise: each is a process. */
const instancesMax = 4;
const outputMaxDefault = 16 * 1024 * 1024;
const optionNames = ['output', 'schema', 'exitCodes', 'finalExitCodes', 'killAfter', 'outputMax'];

/** What a result is under each form of output. */
type ShellResult<F, S extends StandardSchema> = F extends 'text'
  ? string
  : F extends 'none'
    ? undefined
    : InferOutput<S>;

/** A handler that runs a command. */
interface ShellHandler<I, O> {
  (inputs: I, context: TaskContext): Promise<O>;
  readonly label: string;
  readonly concurrency: number;
}

/**
 * Makes a task of a command, such as a Python script: `p.task('clean', { rows }, shell({ command: 'python3', args: ['clean.py'] }))`.
 * Standard error, and what standard output says before the result, goes to the task's log line by line. On timeout and
 * cancellation it gets SIGTERM, and SIGKILL if it does not end.
 *
 * @throws TUTTI_COMMAND_MISSING, TUTTI_COMMAND_FAILED, TUTTI_COMMAND_OUTPUT_INVALID when the task runs; TUTTI_OPTION_UNKNOWN,
 * TUTTI_DURATION_INVALID at once.
 */
export function shell<
  I,
  S extends StandardSchema = StandardSchema,
  F extends 'json' | 'text' | 'none' = 'json',
>(
  command: ShellCommand | ((inputs: I) => ShellCommand),
  options: ShellOptions<S> & { readonly output?: F } = {},
): ShellHandler<I, ShellResult<F, S>> {
  refuseUnknownOptions(options, optionNames, 'shell');
  const killAfterMs = parseDuration(options.killAfter ?? '5s', 'killAfter of shell');
  const run = async (inputs: I, context: TaskContext): Promise<ShellResult<F, S>> => {
    const resolved = typeof command === 'function' ? command(inputs) : command;
    const { input = inputs } = resolved;
    const end = await runProcess({
      ...resolved,
      input: input === null ? '' : encodeValue(input, `the input of "${resolved.command}"`),
      signal: context.signal,
      killAfterMs,
      outputMax: options.outputMax ?? outputMaxDefault,
      onLine: (line) => context.log.info(line),
    });
    refuseFailure(resolved, end, options, context);
    return (await resultOf(end, resolved, options)) as ShellResult<F, S>;
  };
  return Object.assign(run, { label: 'shell', concurrency: instancesMax });
}

function refuseFailure(
  command: ShellCommand,
  end: ProcessEnd,
  options: ShellOptions,
  context: TaskContext,
): void {
  const { exitCodes = [0], finalExitCodes = [] } = options;
  if (end.isTooLong) {
    throw new TuttiError(
      'TUTTI_COMMAND_OUTPUT_INVALID',
      `"${command.command}" of task "${context.task}" printed more than ${options.outputMax ?? outputMaxDefault} bytes and was stopped.`,
    );
  }
  if (end.exitCode !== null && exitCodes.includes(end.exitCode)) return;
  const how =
    end.exitCode === null
      ? `was ended by ${end.signal ?? 'a signal'}`
      : `ended with exit code ${end.exitCode}`;
  const said = end.lastLines.length === 0 ? '' : `; it said last: ${end.lastLines.join(' | ')}`;
  const error = new TuttiError(
    'TUTTI_COMMAND_FAILED',
    `"${command.command}" of task "${context.task}" ${how}${said}`,
    {
      details: { command: command.command, exitCode: end.exitCode, signal: end.signal },
    },
  );
  const isFinal = end.exitCode !== null && finalExitCodes.includes(end.exitCode);
  throw isFinal ? new NonRetryableError(error.message, { cause: error }) : error;
}

async function resultOf(end: ProcessEnd, command: ShellCommand, options: ShellOptions): Promise<unknown> {
  const { output = 'json', schema } = options;
  if (output === 'none') return undefined;
  if (output === 'text') return end.output;
  const value = parseOutput(end.output, command);
  return schema === undefined ? value : validate(schema, value, `the output of "${command.command}"`);
}

function parseOutput(output: string, command: ShellCommand): unknown {
  const text = output.trim();
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  for (const candidate of [text, lastLine]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The whole may be a log with the result in its last line.
    }
  }
  const got = text === '' ? 'nothing' : `"${text.slice(0, 200)}"`;
  throw new TuttiError(
    'TUTTI_COMMAND_OUTPUT_INVALID',
    `"${command.command}" was to print one JSON value, and printed ${got}.`,
    { details: { command: command.command } },
  );
}
