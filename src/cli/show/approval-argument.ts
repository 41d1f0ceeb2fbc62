import type { ArgumentSpec } from '../command.ts';

/** The argument of every command about one question. */
export const approvalArgument: ArgumentSpec = {
  name: 'approval',
  summary: 'Id of the question, a unique beginning of it, the id of the run that asks, or latest.',
};
