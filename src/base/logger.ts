/** One line of the log: a sentence, and facts for programs. */
export type LogLine = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Where Tutti writes what it does. `console` fits; so does a thin wrapper around any logging library. */
export interface Logger {
  /** Detail for someone looking for a fault. */
  readonly debug: LogLine;
  /** What normally happens. */
  readonly info: LogLine;
  /** Something a person should look at, while work goes on. */
  readonly warn: LogLine;
  /** Something failed and was not repaired. */
  readonly error: LogLine;
}

const ignore: LogLine = () => undefined;

/** Writes nothing; the default. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
