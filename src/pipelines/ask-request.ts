import { describeSchema, validate } from '../base/standard-schema.ts';
import type { ApprovalRequest } from '../engine/index.ts';
import type { NodeWork } from './graph.ts';

/** The engine's form of a question. */
export function askRequest(
  work: Extract<NodeWork, { kind: 'ask' }>,
  detail: unknown,
): Omit<ApprovalRequest, 'place'> {
  const { form, question, to, remindEveryMs, timeoutMs } = work;
  return {
    name: question,
    timeoutMs,
    question: { to, remindEveryMs, detail: detail ?? null, form: describeSchema(form) },
    acceptAnswer: async (answer) => {
      const { by, ...fields } = answer as Record<string, unknown>;
      const accepted = await validate(form, fields, `the answer to "${question}"`);
      return { ...(accepted as object), by };
    },
  };
}
