import {
  questionTable,
  readCostOverrides,
  readLimits,
  readWeights,
  type AdviseOptions,
} from '../../advisor/index.ts';
import type { Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { Arguments, OptionSpec } from '../command.ts';
import { readJsonFile } from '../read-input.ts';
import { formatDay } from '../show/format-time.ts';

/** Names the file with the answers. */
export const sheetOption: OptionSpec = {
  flags: '--in <path>',
  summary: 'Answer sheet as JSON; - is stdin.',
};

/** What may replace the built-in weights and limits. */
export const measureOptions: readonly OptionSpec[] = [
  {
    flags: '--weights <path>',
    summary: 'JSON with weights by question, 0 to 20. Default: those of the table.',
  },
  {
    flags: '--limits <path>',
    summary: 'JSON with measured limits and their source. Default: the built-in ones.',
  },
];

/** Replaces assumptions of the cost estimate. */
export const costsOption: OptionSpec = {
  flags: '--costs <path>',
  summary: 'JSON with inputs of the cost estimate: numbers, or { "low", "high" }. Default: assumptions.',
};

/** @throws TUTTI_OPTION_INVALID, TUTTI_OPTION_UNKNOWN, TUTTI_JSON_MALFORMED for what a file holds. */
export async function readAdviseOptions(args: Arguments, clock: Clock): Promise<AdviseOptions> {
  const [weights, limits, costs] = await Promise.all(
    ['weights', 'limits', 'costs'].map(async (name) => {
      const path = args.text(name);
      return path === undefined ? undefined : readJsonFile(path);
    }),
  );
  return {
    today: formatDay(clock.now()),
    ...(weights === undefined ? {} : { weights: readWeights(weights, questionTable) }),
    ...(limits === undefined ? {} : { limits: readLimits(limits) }),
    ...(costs === undefined ? {} : { costs: readCostOverrides(costs) }),
  };
}

/** The sheet of `--in`. @throws TUTTI_ARGUMENT_INVALID when it is missing, TUTTI_JSON_MALFORMED, TUTTI_OPTION_INVALID. */
export async function readSheet(args: Arguments): Promise<unknown> {
  const path = args.text('in');
  if (path === undefined) {
    throw new TuttiError(
      'TUTTI_ARGUMENT_INVALID',
      'No answers were given; expected --in with a file, as `tutti advise` writes it.',
    );
  }
  return readJsonFile(path);
}
