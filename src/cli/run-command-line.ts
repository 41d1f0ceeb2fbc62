import { systemClock } from '../base/clock.ts';
import type { Invocation } from './command.ts';
import { type Connection, connect } from './connect.ts';
import { StoreDirectory } from './store-directory.ts';
import { exitCodeOf } from './exit-codes.ts';
import { Output, outputForms, type OutputForm } from './output.ts';
import { HelpShown, parseCommandLine, type ParsedCommand } from './parse-command-line.ts';
import { programName, shellWord } from './program-name.ts';
import { reportError } from './report-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs one command line (without node and script) and resolves to the exit code. Never throws. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const env: Environment = process.env;
  endQuietlyWithPipe();
  try {
    return await execute(await parseCommandLine(argv, env), env);
  } catch (error) {
    if (error instanceof HelpShown) return 0;
    reportError(new Output('table', env), error, env, argv.includes('--verbose'));
    return exitCodeOf(error);
  }
}

/** `tutti runs list | head -1`: whoever read has enough, and that is no error. */
function endQuietlyWithPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
      throw error;
    });
  }
}

async function execute(parsed: ParsedCommand, env: Environment): Promise<number> {
  const { args } = parsed;
  const out = new Output(outputFormOf(args.text('output')), env);
  const store = args.text('store') ?? env['TUTTI_STORE'];
  const data = new StoreDirectory(store);
  const url = args.text('url') ?? env['TUTTI_URL'];
  const token = args.text('token') ?? env['TUTTI_TOKEN'];
  const stop = listenForStop(out);
  const open: Connection[] = [];
  const invocation: Invocation = {
    args,
    out,
    env,
    data,
    clock: systemClock,
    stopSignal: stop.signal,
    typed: (command) => `${programName(env)} ${command}${placeOptions(args)}`,
    connect: async (needs) => {
      const connection = await connect({
        data,
        url,
        token,
        out,
        needs,
        typed: invocation.typed,
        clock: systemClock,
      });
      open.push(connection);
      return connection;
    },
  };
  try {
    const exitCode = await parsed.command.run(invocation);
    for (const connection of open) await connection.announce();
    return exitCode;
  } finally {
    for (const connection of open) await connection.close();
    stop.forget();
  }
}

/** A command with forms of its own writes them itself; what it leaves to {@link Output} is for people. */
function outputFormOf(asked: string | undefined): OutputForm {
  return outputForms.find((form) => form === asked) ?? 'table';
}

/** What the user said about where the data is must be said again in the next command; the environment says itself. */
function placeOptions(args: ParsedCommand['args']): string {
  return ['store', 'url', 'token']
    .map((name) => [name, args.text(name)] as const)
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${shellWord(value)}`))
    .join('');
}

interface StopListener {
  readonly signal: AbortSignal;
  /** Lets the signals do what they do by default. */
  forget(): void;
}

/** The first SIGINT or SIGTERM asks the command to stop, the second ends it: nothing acknowledged is lost either way (I1). */
function listenForStop(out: Output): StopListener {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    if (stop.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    out.progress('');
    stop.abort(name);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: stop.signal,
    forget: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    },
  };
}
