/**
 * The log of a run: lines that its code and its attempts wrote, for people. No part of the journal: nothing depends on it, and
 * the last lines before a crash may be missing.
 */
import type { RunNumber } from './run.ts';

/** Every level of a line; `stdout` and `stderr` are what another program wrote. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'stdout', 'stderr'] as const;

/** How a line was meant. */
export type LogLevel = (typeof logLevels)[number];

/**
 * How many lines a run keeps. Beyond that the oldest go: whoever looks wants to know how it ended. Their number shows in the
 * position of the first line that is left.
 */
export const logLinesMax = 10_000;

/** How many characters of a line are kept. */
export const logTextMax = 16_384;

/** A line on its way into the store. Times are milliseconds since the epoch. */
export interface LogLine {
  readonly run: RunNumber;
  /** Key of the step that wrote it, '' for the run's own code. */
  readonly key: string;
  /** Which try of the step, from 1; 0 for the run's own code. */
  readonly attempt: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
  /**
   * For a line of the run's own code: which one it is since the code's beginning, from 1. A replay repeats its lines; the store
   * keeps only those with a greater number than it has.
   */
  readonly ordinal?: number;
}

/** A line as the store keeps it. */
export interface LogRecord {
  /** Position in the run's log: 1, 2, 3, ... */
  readonly seq: number;
  readonly key: string;
  readonly attempt: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly text: string;
}

/** Which lines of a run to read, in order. All given conditions must hold. */
export interface LogFilter {
  readonly key?: string;
  readonly attempt?: number;
  /** Only lines behind this position: that of the last line read before. */
  readonly after?: number;
  /** Default 1,000. */
  readonly limit?: number;
}
