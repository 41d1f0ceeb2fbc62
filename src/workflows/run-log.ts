import { inspect } from 'node:util';
import type { Logger } from '../base/logger.ts';
import type { RunHandle, StepAttempt } from '../engine/index.ts';

type Write = (level: keyof Logger, ...line: Parameters<Logger['info']>) => void;

/** What the code of a run logs: into the run's own log, each line once, and to the process, unless it is a replay's. */
export function codeLog(run: RunHandle, logger: Logger): Logger {
  return loggerOf((level, message, fields) => {
    run.log(level, textOf(message, fields));
    if (!run.isReplaying) logger[level](message, { runId: run.record.id, ...fields });
  });
}

/** What the body of a step logs: into the run's log under the step and its attempt, and to the process. */
export function attemptLog(run: RunHandle, attempt: StepAttempt, logger: Logger): Logger {
  return loggerOf((level, message, fields) => {
    attempt.log(level, textOf(message, fields));
    logger[level](message, { runId: run.record.id, ...fields });
  });
}

function loggerOf(write: Write): Logger {
  const at =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) =>
      write(level, message, fields);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A line for people: the message, then the fields on the same line. */
function textOf(message: string, fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined || Object.keys(fields).length === 0) return message;
  return `${message} ${inspect(fields, { breakLength: Number.POSITIVE_INFINITY, depth: 4 })}`;
}
