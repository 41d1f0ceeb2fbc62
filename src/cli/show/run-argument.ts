import type { ArgumentSpec } from '../command.ts';

/** The argument of every command about one run. */
export const runArgument: ArgumentSpec = {
  name: 'run',
  summary: 'Id of the run, a unique beginning of it, id@generation, or latest.',
};
