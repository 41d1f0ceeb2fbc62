import {
  checkAnswerSheet,
  judge,
  measureOf,
  paradigms,
  questionTable,
  simulateWeights,
  type Simulation,
} from '../../../advisor/index.ts';
import { TuttiError } from '../../../base/tutti-error.ts';
import { measureOptions, readAdviseOptions, readSheet, sheetOption } from '../../advice/advice-options.ts';
import type { Arguments, CommandSpec } from '../../command.ts';
import { readInteger } from '../../read-input.ts';
import { tableLines } from '../../show/table.ts';

const runsMax = 1_000_000;

/** `tutti advise simulate` */
export const command: CommandSpec = {
  summary: 'Say how firm the advice is: vary all weights many times and count who leads.',
  options: [
    sheetOption,
    { flags: '--runs <count>', summary: 'How many times. Default 1000.' },
    {
      flags: '--spread <share>',
      summary: 'Each weight is multiplied by 1 − spread to 1 + spread. 0 to 1, default 0.5.',
    },
    { flags: '--seed <text>', summary: 'The same seed gives the same result. Default tutti.' },
    ...measureOptions,
  ],
  examples: [{ command: 'advise simulate --in answers.json --runs 10000', does: 'ten thousand times' }],
  data: 'Simulation',
  forms: ['text', 'json'],
  connects: false,
  async run({ args, clock, out }) {
    const measure = measureOf(await readAdviseOptions(args, clock));
    const verdict = judge(checkAnswerSheet(await readSheet(args), questionTable).chosen, measure);
    const seed = args.text('seed');
    const runs = readInteger(args, 'runs', 1, runsMax);
    const spread = readSpread(args);
    const simulation = simulateWeights(verdict, {
      ...(seed === undefined ? {} : { seed }),
      ...(runs === undefined ? {} : { runs }),
      ...(spread === undefined ? {} : { spread }),
    });
    if (args.text('output') === 'json') out.line(JSON.stringify(simulation, null, 2));
    else
      for (const line of tableLines(
        out,
        ['PARADIGM', 'LEADS', 'FIT 5 %', 'MEDIAN', '95 %'],
        rowsOf(simulation),
      ))
        out.line(line);
    return 0;
  },
};

function rowsOf({ shares, fits }: Simulation): readonly (readonly string[])[] {
  return paradigms.map((paradigm) => {
    const { p5, p50, p95 } = fits[paradigm];
    return [
      paradigm,
      `${(shares[paradigm] * 100).toFixed(1)} %`,
      ...[p5, p50, p95].map((fit) => fit.toFixed(1)),
    ];
  });
}

function readSpread(args: Arguments): number | undefined {
  const text = args.text('spread');
  if (text === undefined) return undefined;
  const spread = /^\d(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (spread >= 0 && spread <= 1) return spread;
  throw new TuttiError(
    'TUTTI_OPTION_INVALID',
    `Option --spread is '${text}'; expected a number from 0 to 1.`,
  );
}
