import type { StandardSchema } from '../base/standard-schema.ts';
import { refuseUnknownOptions } from '../base/unknown-options.ts';
import type { NodeWork } from './graph.ts';
import type { AskOptions, WaitOptions } from './pipeline-builder.ts';
import { nodeOptionNames, optionalDuration } from './task-settings.ts';
import type { WaitSource } from './wait-source.ts';

/** A wait for a signal or an event. @throws TUTTI_OPTION_UNKNOWN, TUTTI_DURATION_INVALID */
export function waitWork(id: string, source: WaitSource<unknown>, options: WaitOptions): NodeWork {
  refuseUnknownOptions(options, [...nodeOptionNames, 'timeout'], `wait "${id}"`);
  const timeoutMs = optionalDuration(options.timeout, `the timeout of wait "${id}"`);
  if (source.type === 'event') return { kind: 'event', source, timeoutMs };
  return { kind: 'wait', signal: source.name, schema: source.schema, timeoutMs };
}

/** A question to a person. @throws TUTTI_OPTION_UNKNOWN, TUTTI_DURATION_INVALID */
export function askWork(id: string, options: AskOptions<StandardSchema>): NodeWork {
  const own = ['form', 'question', 'to', 'remind', 'detail', 'timeout'];
  refuseUnknownOptions(options, [...nodeOptionNames, ...own], `ask "${id}"`);
  return {
    kind: 'ask',
    form: options.form,
    question: options.question ?? id,
    to: options.to ?? null,
    remindEveryMs: optionalDuration(options.remind, `the reminder of ask "${id}"`),
    timeoutMs: optionalDuration(options.timeout, `the timeout of ask "${id}"`),
  };
}
