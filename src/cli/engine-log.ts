import type { Clock } from '../base/clock.ts';
import type { Logger, LogLine } from '../base/logger.ts';
import type { Output, Style } from './output.ts';
import { formatClockTime } from './show/format-time.ts';

/** The engine's log as lines on stderr: time, level where it matters, sentence, facts. */
export function engineLog(out: Output, clock: Clock, isVerbose: boolean): Logger {
  const at = (level: string, style: Style): LogLine => {
    return (message, fields = {}) => {
      const facts = Object.entries(fields).map(([name, value]) =>
        out.style('dim', `${name}=${describe(value)}`),
      );
      const mark = level === '' ? '' : `${out.style(style, level)} `;
      out.note([`${out.style('dim', formatClockTime(clock.now()))} ${mark}${message}`, ...facts].join(' '));
    };
  };
  return {
    debug: isVerbose ? at('debug', 'dim') : (): void => undefined,
    info: at('', 'dim'),
    warn: at('warning', 'yellow'),
    error: at('error', 'red'),
  };
}

function describe(value: unknown): string {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}
