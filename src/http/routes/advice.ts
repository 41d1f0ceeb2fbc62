import {
  advise,
  adviseTogether,
  adviceSchema,
  answerSheetSchema,
  defaultLimits,
  questionTable,
  questionTableSchema,
  readCostOverrides,
  readLimits,
  readWeights,
  type AdviseOptions,
} from '../../advisor/index.ts';
import type { Clock } from '../../base/clock.ts';
import { TuttiError } from '../../base/tutti-error.ts';
import type { AdviceRouteName } from '../contract/advice-routes.ts';
import type { Fields } from '../contract/fields.ts';
import { present, type Handlers } from './handlers.ts';

/** The advisor: computes, stores nothing. */
export const adviceHandlers: Handlers<AdviceRouteName> = {
  advise: async ({ body, clock }) => {
    const sheet = present<Record<string, unknown>>({
      answers: body.value('answers'),
      people: body.value('people'),
      preference: body.value('preference'),
    });
    const sheets = body.value('sheets');
    const options = readOptions(body, clock);
    if (sheets === undefined) return advise(sheet, options);
    if (!Array.isArray(sheets) || sheets.length < 2 || Object.keys(sheet).length > 0) {
      throw new TuttiError(
        'TUTTI_OPTION_INVALID',
        "Field 'sheets' is not a list of two sheets or more, or stands beside the fields of a single sheet.",
      );
    }
    return adviseTogether(sheets, options);
  },
  listAdviceQuestions: async () => ({
    table: questionTable,
    limits: defaultLimits,
    schemas: { table: questionTableSchema, answerSheet: answerSheetSchema, advice: adviceSchema },
  }),
};

function readOptions(body: Fields, clock: Clock): AdviseOptions {
  const [weights, limits, costs] = [body.value('weights'), body.value('limits'), body.value('costs')];
  return {
    today: new Date(clock.now()).toISOString().slice(0, 10),
    ...(weights === undefined ? {} : { weights: readWeights(weights, questionTable) }),
    ...(limits === undefined ? {} : { limits: readLimits(limits) }),
    ...(costs === undefined ? {} : { costs: readCostOverrides(costs) }),
  };
}
