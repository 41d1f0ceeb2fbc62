import { errorCodes, errorEntry, type ErrorCode } from '../base/error-codes.ts';
import { isTuttiError } from '../base/tutti-error.ts';
import type { RunDetail } from '../app/index.ts';

/** What each exit code says. The error table names one per code; docs/reference/cli.md lists both. */
export const exitCodes: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'something unexpected failed',
  2: 'the command, an option or an input was wrong; nothing was done',
  3: 'what was named does not exist',
  4: 'refused, or not possible in the present state',
  5: 'the run failed',
  6: 'the run was canceled, or something timed out',
  7: 'no engine answers',
  8: 'a check failed',
};

/** The codes of the error table that end with this exit code. */
export function errorCodesOf(exitCode: number): readonly ErrorCode[] {
  return (Object.keys(errorCodes) as ErrorCode[]).filter((code) => errorEntry(code).exitCode === exitCode);
}

/** The exit code of a command that threw. */
export function exitCodeOf(thrown: unknown): number {
  return isTuttiError(thrown) ? errorEntry(thrown.code).exitCode : 1;
}

/** The exit code of a command that waited for a run: 0 completed, 5 failed, 6 canceled or timed out, 4 paused. */
export function exitCodeOfRun(run: Pick<RunDetail, 'state' | 'error'>): number {
  switch (run.state) {
    case 'completed':
      return 0;
    case 'canceled':
      return 6;
    case 'failed':
      // A user's step may time out and fail its run: that is a failure. Only the run's own timeout is a timeout.
      return run.error?.code === 'TUTTI_RUN_TIMEOUT' ? 6 : 5;
    case 'paused':
      return 4;
    default:
      return 6;
  }
}
