import { parseDuration } from '../base/duration.ts';
import { describeSchema, validate, type StandardSchema } from '../base/standard-schema.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { ApprovalRequest } from '../engine/index.ts';
import type { AskOptions } from './workflow-context.ts';

/** The engine's form of a question. @throws TUTTI_OPTION_UNKNOWN, TUTTI_DURATION_INVALID */
export function askRequest<F extends StandardSchema>(
  question: string,
  options: AskOptions<F>,
): Pick<ApprovalRequest, 'name' | 'question' | 'acceptAnswer'> {
  refuseUnknownOptions(options, ['form', 'to', 'remind', 'detail', 'timeout'], `the question "${question}"`);
  const { form, to = null, remind, detail = null } = options;
  const remindEveryMs = remind === undefined ? null : parseDuration(remind, `the reminder of "${question}"`);
  return {
    name: question,
    question: { to, remindEveryMs, detail, form: describeSchema(form) },
    acceptAnswer: async (answer) => {
      const { by, ...fields } = answer as Record<string, unknown>;
      const accepted = await validate(form, fields, `the answer to "${question}"`);
      return { ...(accepted as object), by };
    },
  };
}
