import { parseDuration, type Duration } from '../base/duration.ts';
import type { Clock } from '../base/clock.ts';
import type { Arguments } from './command.ts';

/**
 * A position given as an option: as the engine takes it, or a duration such as `2h`, which means so long ago; undefined when
 * it was not given. What is no duration is left for the engine to judge.
 *
 * @throws TUTTI_DURATION_INVALID
 */
export function readPosition(args: Arguments, option: string, clock: Clock): string | undefined {
  const text = args.text(option);
  if (text === undefined || !/^\d+(\.\d+)?(ms|[smhdw])/.test(text)) return text;
  const ago = parseDuration(text as Duration, `Option --${option}`);
  return new Date(clock.now() - ago).toISOString();
}
