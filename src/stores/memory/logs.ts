import {
  logLinesMax,
  type LogFilter,
  type LogLine,
  type LogRecord,
  type RunNumber,
} from '../../engine/index.ts';

const readLimitDefault = 1_000;

interface Log {
  lines: LogRecord[];
  /** Position of the last line. */
  length: number;
  /** The greatest `ordinal` so far. */
  said: number;
}

/** The logs of all runs. */
export class Logs {
  readonly #byRun = new Map<RunNumber, Log>();

  append(line: LogLine): void {
    const log = this.#of(line.run);
    if (line.ordinal !== undefined) {
      if (line.ordinal <= log.said) return;
      log.said = line.ordinal;
    }
    log.length += 1;
    const { key, attempt, at, level, text } = line;
    log.lines.push({ seq: log.length, key, attempt, at, level, text });
    // In blocks, so that a line costs the same however long the log is.
    if (log.lines.length >= 2 * logLinesMax) log.lines = kept(log);
  }

  read(run: RunNumber, filter: LogFilter): readonly LogRecord[] {
    const log = this.#byRun.get(run);
    if (log === undefined) return [];
    return kept(log)
      .filter((line) => line.seq > (filter.after ?? 0))
      .filter((line) => filter.key === undefined || line.key === filter.key)
      .filter((line) => filter.attempt === undefined || line.attempt === filter.attempt)
      .slice(0, filter.limit ?? readLimitDefault);
  }

  deleteRun(run: RunNumber): void {
    this.#byRun.delete(run);
  }

  #of(run: RunNumber): Log {
    const known = this.#byRun.get(run);
    if (known !== undefined) return known;
    const log: Log = { lines: [], length: 0, said: 0 };
    this.#byRun.set(run, log);
    return log;
  }
}

function kept(log: Log): LogRecord[] {
  return log.lines.slice(-logLinesMax);
}
