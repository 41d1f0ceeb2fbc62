import { encodeValue } from '../base/codec.ts';
import type { Logger } from '../base/logger.ts';
import type { StepAttempt } from '../engine/index.ts';

/** What a task logs: into the run's log under the task and its attempt, where it is kept, and to the process. */
export function taskLog(attempt: StepAttempt, logger: Logger): Logger {
  const write =
    (level: keyof Logger): Logger['info'] =>
    (message, fields) => {
      attempt.log(level, textOf(message, fields));
      logger[level](message, fields);
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** The message, and behind it the fields: a log must not fail its task, so what cannot be encoded is left out. */
function textOf(message: string, fields: Readonly<Record<string, unknown>> | undefined): string {
  if (fields === undefined || Object.keys(fields).length === 0) return message;
  try {
    return `${message} ${encodeValue(fields, 'the fields of a log line')}`;
  } catch {
    return message;
  }
}
