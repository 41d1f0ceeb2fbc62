/** A command as data: the parser, the help, the reference page and the tests read it; `run` does it. */
import type { Clock } from '../base/clock.ts';
import type { Connection, ConnectNeeds } from './connect.ts';
import type { StoreDirectory } from './store-directory.ts';
import type { Output } from './output.ts';

/** A positional argument. */
export interface ArgumentSpec {
  readonly name: string;
  readonly summary: string;
  /** Default true. */
  readonly required?: boolean;
  /** Takes all that follow. Default false. */
  readonly variadic?: boolean;
}

/** An option. */
export interface OptionSpec {
  /** In commander's notation: `--state <state...>`, `-w, --wait`, `--no-token`. */
  readonly flags: string;
  readonly summary: string;
  /** The only values allowed. */
  readonly values?: readonly string[];
}

/** A line of help one can copy. */
interface Example {
  /** Without the name of the program. */
  readonly command: string;
  readonly does: string;
}

/** What a command is given. */
export interface Invocation {
  readonly args: Arguments;
  readonly out: Output;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly data: StoreDirectory;
  /** How this command line would be written again, for "what to type next": with program name and place of the data. */
  readonly typed: (command: string) => string;
  /** The engine, or its database file. Closed by the caller when the command is done. */
  readonly connect: (needs: ConnectNeeds) => Promise<Connection>;
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly stopSignal: AbortSignal;
}

/** The parsed arguments and options. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** An argument or option that takes one text. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    return typeof value === 'string' ? value : undefined;
  }

  /** A required argument; the parser has refused the command without it. */
  required(name: string): string {
    return this.text(name) ?? '';
  }

  /** A variadic argument or an option that may be repeated. */
  texts(name: string): readonly string[] {
    const value = this.#values[name];
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** An option without a value; undefined when not given. */
  flag(name: string): boolean | undefined {
    const value = this.#values[name];
    return typeof value === 'boolean' ? value : undefined;
  }
}

/** One command. */
export interface CommandSpec {
  readonly summary: string;
  /** More for `--help` and the reference. */
  readonly description?: string;
  readonly args?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly examples: readonly Example[];
  /** The shape of `-o json`; a command without one prints no data and takes no `-o`. */
  readonly data?: string;
  /** Forms of `-o` of its own, the default first. Default: table, json and jsonl. */
  readonly forms?: readonly string[];
  /** Whether it takes `--url` and `--token`: it works through an engine or on the file. Default true. */
  readonly connects?: boolean;
  /** Resolves to the exit code. */
  run(invocation: Invocation): Promise<number>;
}
