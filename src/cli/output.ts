/** Data goes to stdout, everything said about it to stderr. */
import { styleText } from 'node:util';
import { encodeValue } from '../base/codec.ts';

/** The forms of `-o`. */
export const outputForms = ['table', 'json', 'jsonl'] as const;

/** A form of `-o`: for people, one JSON document, or one JSON value per line. */
export type OutputForm = (typeof outputForms)[number];

/** A style of the terminal. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes. */
export class Output {
  readonly form: OutputForm;
  readonly #out: NodeJS.WriteStream;
  readonly #err: NodeJS.WriteStream;
  readonly #hasColor: boolean;

  constructor(
    form: OutputForm,
    env: Readonly<Record<string, string | undefined>>,
    streams: Streams = process,
  ) {
    this.form = form;
    this.#out = streams.stdout;
    this.#err = streams.stderr;
    const isPlain = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
    this.#hasColor = !isPlain && streams.stdout.isTTY && streams.stderr.isTTY;
  }

  /** Columns of the terminal; without end when stdout is none, so that nothing is cut off for a program. */
  get columns(): number {
    return this.#out.isTTY ? this.#out.columns : Number.POSITIVE_INFINITY;
  }

  /** Whether someone watches stderr, so that progress is worth writing. */
  get isWatched(): boolean {
    return this.#err.isTTY;
  }

  /** The text in a style, where the terminal shows styles. */
  style(style: Style, text: string): string {
    return this.#hasColor ? styleText(style, text, { validateStream: false }) : text;
  }

  /** A line of data. */
  line(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** A line for people. */
  note(text: string): void {
    this.#err.write(`${text}\n`);
  }

  /** Writes over the last line of progress; nothing where nobody watches. */
  progress(text: string): void {
    if (this.isWatched) this.#err.write(`\r\u001b[K${text}`);
  }

  /** One object: as people read it, or as JSON. */
  object(value: object, describe: () => readonly string[]): void {
    if (this.form === 'table') for (const line of describe()) this.line(line);
    else this.line(this.form === 'json' ? pretty(value) : compact(value));
  }

  /** A list: as a table, as one JSON array, or one JSON object a line. */
  list(values: readonly object[], describe: () => readonly string[]): void {
    if (this.form === 'table') for (const line of describe()) this.line(line);
    else if (this.form === 'json') this.line(pretty(values));
    else for (const value of values) this.line(compact(value));
  }
}

/** What of `process` an {@link Output} writes to. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** A value on one line, as the codec writes it. An absent result is null here: a program that reads JSON knows no undefined. */
export function compact(value: unknown): string {
  return encodeValue(withNulls(value), 'the output');
}

function pretty(value: unknown): string {
  return JSON.stringify(JSON.parse(compact(value)), null, 2);
}

function withNulls(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(withNulls);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withNulls(member)]));
}
